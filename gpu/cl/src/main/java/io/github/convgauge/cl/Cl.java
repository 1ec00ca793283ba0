package io.github.convgauge.cl;

import java.nio.ByteBuffer;
import java.nio.IntBuffer;
import java.nio.charset.StandardCharsets;
import java.util.Map;
import org.lwjgl.PointerBuffer;
import org.lwjgl.system.MemoryStack;
import org.lwjgl.system.MemoryUtil;

/** The manners of OpenCL's calls: return codes and queries of unknown size. */
public final class Cl {
    private static final Map<Integer, String> NAMES = Map.ofEntries(
            Map.entry(-1, "CL_DEVICE_NOT_FOUND"),
            Map.entry(-2, "CL_DEVICE_NOT_AVAILABLE"),
            Map.entry(-3, "CL_COMPILER_NOT_AVAILABLE"),
            Map.entry(-4, "CL_MEM_OBJECT_ALLOCATION_FAILURE"),
            Map.entry(-5, "CL_OUT_OF_RESOURCES"),
            Map.entry(-6, "CL_OUT_OF_HOST_MEMORY"),
            Map.entry(-7, "CL_PROFILING_INFO_NOT_AVAILABLE"),
            Map.entry(-8, "CL_MEM_COPY_OVERLAP"),
            Map.entry(-9, "CL_IMAGE_FORMAT_MISMATCH"),
            Map.entry(-10, "CL_IMAGE_FORMAT_NOT_SUPPORTED"),
            Map.entry(-11, "CL_BUILD_PROGRAM_FAILURE"),
            Map.entry(-12, "CL_MAP_FAILURE"),
            Map.entry(-13, "CL_MISALIGNED_SUB_BUFFER_OFFSET"),
            Map.entry(-14, "CL_EXEC_STATUS_ERROR_FOR_EVENTS_IN_WAIT_LIST"),
            Map.entry(-15, "CL_COMPILE_PROGRAM_FAILURE"),
            Map.entry(-16, "CL_LINKER_NOT_AVAILABLE"),
            Map.entry(-17, "CL_LINK_PROGRAM_FAILURE"),
            Map.entry(-18, "CL_DEVICE_PARTITION_FAILED"),
            Map.entry(-19, "CL_KERNEL_ARG_INFO_NOT_AVAILABLE"),
            Map.entry(-30, "CL_INVALID_VALUE"),
            Map.entry(-31, "CL_INVALID_DEVICE_TYPE"),
            Map.entry(-32, "CL_INVALID_PLATFORM"),
            Map.entry(-33, "CL_INVALID_DEVICE"),
            Map.entry(-34, "CL_INVALID_CONTEXT"),
            Map.entry(-35, "CL_INVALID_QUEUE_PROPERTIES"),
            Map.entry(-36, "CL_INVALID_COMMAND_QUEUE"),
            Map.entry(-37, "CL_INVALID_HOST_PTR"),
            Map.entry(-38, "CL_INVALID_MEM_OBJECT"),
            Map.entry(-42, "CL_INVALID_BINARY"),
            Map.entry(-43, "CL_INVALID_BUILD_OPTIONS"),
            Map.entry(-44, "CL_INVALID_PROGRAM"),
            Map.entry(-45, "CL_INVALID_PROGRAM_EXECUTABLE"),
            Map.entry(-46, "CL_INVALID_KERNEL_NAME"),
            Map.entry(-47, "CL_INVALID_KERNEL_DEFINITION"),
            Map.entry(-48, "CL_INVALID_KERNEL"),
            Map.entry(-49, "CL_INVALID_ARG_INDEX"),
            Map.entry(-50, "CL_INVALID_ARG_VALUE"),
            Map.entry(-51, "CL_INVALID_ARG_SIZE"),
            Map.entry(-52, "CL_INVALID_KERNEL_ARGS"),
            Map.entry(-53, "CL_INVALID_WORK_DIMENSION"),
            Map.entry(-54, "CL_INVALID_WORK_GROUP_SIZE"),
            Map.entry(-55, "CL_INVALID_WORK_ITEM_SIZE"),
            Map.entry(-56, "CL_INVALID_GLOBAL_OFFSET"),
            Map.entry(-57, "CL_INVALID_EVENT_WAIT_LIST"),
            Map.entry(-58, "CL_INVALID_EVENT"),
            Map.entry(-59, "CL_INVALID_OPERATION"),
            Map.entry(-61, "CL_INVALID_BUFFER_SIZE"),
            Map.entry(-63, "CL_INVALID_GLOBAL_WORK_SIZE"),
            Map.entry(-64, "CL_INVALID_PROPERTY"),
            Map.entry(-66, "CL_INVALID_COMPILER_OPTIONS"),
            Map.entry(-68, "CL_INVALID_DEVICE_PARTITION_COUNT"),
            Map.entry(-1001, "CL_PLATFORM_NOT_FOUND_KHR"),
            Map.entry(-9999, "NVIDIA's code for a read or write outside a buffer"));

    private Cl() {}

    /** What a return code means: {@code CL_OUT_OF_RESOURCES (-5)}. */
    public static String name(int code) {
        return NAMES.getOrDefault(code, "an unknown code") + " (" + code + ")";
    }

    /** @throws IllegalStateException if the call failed; it names the call and the code */
    public static void check(int code, String call) {
        if (code != 0) {
            throw new IllegalStateException(call + " failed: " + name(code));
        }
    }

    /** A call that returns what it made, and its code through a pointer. */
    @FunctionalInterface
    interface Creation {
        long create(IntBuffer code);
    }

    static long create(String call, Creation creation) {
        try (MemoryStack stack = MemoryStack.stackPush()) {
            IntBuffer code = stack.mallocInt(1);
            long made = creation.create(code);
            check(code.get(0), call);
            return made;
        }
    }

    /** A clGet…Info call: it fills the value, or says how large that is. */
    @FunctionalInterface
    interface Query {
        int get(ByteBuffer value, PointerBuffer size);
    }

    static String string(String call, Query query) {
        ByteBuffer value = bytes(call, query);
        try {
            int length = value.remaining();
            while (length > 0 && value.get(length - 1) == 0) {
                length--;
            }
            byte[] text = new byte[length];
            value.get(text);
            return new String(text, StandardCharsets.UTF_8).strip();
        } finally {
            MemoryUtil.memFree(value);
        }
    }

    /** A number of whatever width the call gives: cl_uint, cl_bool, cl_ulong or size_t. */
    static long number(String call, Query query) {
        long[] numbers = numbers(call, query, 0);
        return numbers[0];
    }

    /** An array of size_t. */
    static long[] sizes(String call, Query query) {
        return numbers(call, query, Long.BYTES);
    }

    private static long[] numbers(String call, Query query, int width) {
        ByteBuffer value = bytes(call, query);
        try {
            int each = width == 0 ? value.remaining() : width;
            long[] numbers = new long[value.remaining() / each];
            for (int i = 0; i < numbers.length; i++) {
                numbers[i] = each == Integer.BYTES
                        ? Integer.toUnsignedLong(value.getInt(i * each))
                        : value.getLong(i * each);
            }
            return numbers;
        } finally {
            MemoryUtil.memFree(value);
        }
    }

    private static ByteBuffer bytes(String call, Query query) {
        try (MemoryStack stack = MemoryStack.stackPush()) {
            PointerBuffer size = stack.mallocPointer(1);
            check(query.get(null, size), call);
            ByteBuffer value = MemoryUtil.memAlloc(Math.toIntExact(size.get(0)));
            int code = query.get(value, null);
            if (code != 0) {
                MemoryUtil.memFree(value);
            }
            check(code, call);
            return value;
        }
    }
}
