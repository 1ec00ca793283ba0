package io.github.convgauge.tornadovm;

import java.lang.foreign.Arena;
import java.lang.foreign.FunctionDescriptor;
import java.lang.foreign.Linker;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.SymbolLookup;
import java.lang.foreign.ValueLayout;
import java.util.OptionalInt;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * How wide an OpenCL device's native vectors are, which decides the blocks of the hand-written kernels and which
 * TornadoVM's API does not tell. So the loader that TornadoVM's driver uses is asked, for the device that TornadoVM
 * names by its handle.
 */
final class NativeVectors {
    private static final Pattern HANDLE = Pattern.compile("^id=0x([0-9a-f]+),");
    private static final int CL_DEVICE_NATIVE_VECTOR_WIDTH_FLOAT = 0x103A;

    private NativeVectors() {}

    /**
     * Bytes in a vector of floats, 4 where a device has none.
     *
     * @param info what TornadoVM says of the device
     * @return empty where it does not say the handle, or there is no loader to be asked
     */
    static OptionalInt bytes(String info) {
        Matcher handle = HANDLE.matcher(info);
        if (!handle.find()) {
            return OptionalInt.empty();
        }
        try (Arena arena = Arena.ofConfined()) {
            SymbolLookup loader = SymbolLookup.libraryLookup(System.mapLibraryName("OpenCL") + ".1", arena);
            MemorySegment function = loader.find("clGetDeviceInfo").orElseThrow(IllegalArgumentException::new);
            MemorySegment width = arena.allocate(ValueLayout.JAVA_INT);
            int code = (int) Linker.nativeLinker()
                    .downcallHandle(function, FunctionDescriptor.of(
                            ValueLayout.JAVA_INT, ValueLayout.JAVA_LONG, ValueLayout.JAVA_INT, ValueLayout.JAVA_LONG,
                            ValueLayout.ADDRESS, ValueLayout.ADDRESS))
                    .invokeExact(
                            Long.parseUnsignedLong(handle.group(1), 16), CL_DEVICE_NATIVE_VECTOR_WIDTH_FLOAT,
                            width.byteSize(), width, MemorySegment.NULL);
            return code == 0
                    ? OptionalInt.of(Math.max(1, width.get(ValueLayout.JAVA_INT, 0)) * Float.BYTES)
                    : OptionalInt.empty();
        } catch (IllegalArgumentException e) {
            return OptionalInt.empty();
        } catch (Throwable e) {
            throw new IllegalStateException("clGetDeviceInfo could not be called", e);
        }
    }
}
