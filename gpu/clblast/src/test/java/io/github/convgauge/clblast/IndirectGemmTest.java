package io.github.convgauge.clblast;

import static java.lang.foreign.ValueLayout.ADDRESS;
import static java.lang.foreign.ValueLayout.JAVA_INT;
import static java.lang.foreign.ValueLayout.JAVA_LONG;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.github.convgauge.backend.DeviceMemory;
import io.github.convgauge.backend.PreparedConv;
import io.github.convgauge.backend.Regime;
import io.github.convgauge.check.Checker;
import io.github.convgauge.check.Fill;
import io.github.convgauge.check.Operands;
import io.github.convgauge.check.Reference;
import io.github.convgauge.cl.ClContext;
import io.github.convgauge.cl.ClPlatform;
import io.github.convgauge.conv.AwkwardProblems;
import io.github.convgauge.conv.ConvProblem;
import io.github.convgauge.tensor.DType;
import io.github.convgauge.tensor.Tensor;
import java.lang.foreign.Arena;
import java.lang.foreign.FunctionDescriptor;
import java.lang.foreign.Linker;
import java.lang.foreign.MemorySegment;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;

/**
 * The way that CLBlast takes with large matrices: copies that are transposed and padded, a faster product, and a
 * copy back. Its database says from which size on; here it is told to do so with all.
 */
@RequiresOpenCl
class IndirectGemmTest {
    /** What its database has for processors that it does not know by name. */
    private static final long USUAL = 512;

    private static ClBlastBackend backend;

    @BeforeAll
    static void start() throws Exception {
        backend = new ClBlastBackend();
        backend.start();
        indirectFrom(1);
    }

    @AfterAll
    static void close() throws Exception {
        backend.close();
        indirectFrom(USUAL);
    }

    /** Products of that many multiply-adds to the third are done by copies, in both dtypes. */
    @SuppressWarnings("restricted")
    private static void indirectFrom(long size) throws Exception {
        MemorySegment function = NativeLibrary.load().symbols().find("CLBlastOverrideParameters").orElseThrow();
        try (Arena arena = Arena.ofConfined()) {
            MemorySegment kernel = arena.allocateFrom("GemmRoutine");
            MemorySegment names = arena.allocateFrom(ADDRESS, arena.allocateFrom("XGEMM_MIN_INDIRECT_SIZE"));
            MemorySegment values = arena.allocateFrom(JAVA_LONG, size);
            for (int bits : new int[] {32, 64}) {
                int code = (int) Linker.nativeLinker().downcallHandle(function, FunctionDescriptor.of(
                                JAVA_INT, JAVA_LONG, ADDRESS, JAVA_INT, JAVA_LONG, ADDRESS, ADDRESS))
                        .invokeExact(ClPlatform.devices().getFirst().handle(), kernel, bits, 1L, names, values);
                assertEquals(0, code, "CLBlast does not take the override: " + Status.name(code));
            }
        } catch (Exception e) {
            throw e;
        } catch (Throwable e) {
            throw new AssertionError(e);
        }
    }

    private static List<ConvProblem> problems() {
        List<ConvProblem> problems = new ArrayList<>(AwkwardProblems.special());
        ClBlastContractTest.LARGE.forEach(text -> problems.add(ConvProblem.parse(text)));
        return problems;
    }

    @Test
    void isExact() throws Exception {
        for (DType dtype : List.of(DType.F32, DType.F64)) {
            for (ConvProblem problem : problems()) {
                Operands operands = Fill.INTEGER.operands(problem, dtype, 5);
                Reference reference = Reference.compute(problem, operands, Arena.ofAuto().allocate(Reference.bytes(problem), 8));
                Checker checker = new Checker(problem, dtype, Optional.empty());
                Tensor y = Tensor.allocate(dtype, problem.ySizes());
                Checker.markUnwritten(y);
                try (PreparedConv conv = backend.prepare(
                        Rows.spec(backend, problem, dtype, "im2col+gemm", Regime.RESIDENT), operands.x(), operands.w(), y)) {
                    conv.uploadOutput();
                    conv.execute();
                    assertEquals(0, checker.compareExactly(operands, conv.output(), reference).wrong(), dtype + " " + problem);
                }
            }
        }
    }

    /** What CLBlast copies counts, whether it is given the memory or takes it. */
    @Test
    void itsMemoryIsDeclared() throws Exception {
        for (String text : List.of("ic256ih40oc256kh1", "g2ic512ih40oc512kh1")) {
            ConvProblem p = ConvProblem.parse(text);
            try (ClContext context = new ClContext(ClPlatform.devices().getFirst())) {
                DeviceMemory memory = new DeviceMemory();
                new ColumnsGemm(
                        ClBlast.load(), context, p, Tensor.allocate(DType.F32, p.xSizes()),
                        Tensor.allocate(DType.F32, p.wSizes()), Tensor.allocate(DType.F32, p.ySizes())).declare(memory);
                // A row-major product needs one of its matrices transposed; the smallest of these is w.
                assertTrue(memory.bytes() >= p.g() * 256L * 256 * Float.BYTES, text + ": " + memory.bytes());
            }
        }
    }

    /**
     * CLBlast gives the event of its last kernel, which only copies the result back: the stage must be the
     * whole product, which is most of this problem's time.
     */
    @Test
    void allItsKernelsAreTimed() throws Exception {
        ConvProblem large = ConvProblem.parse("ic256ih60oc256kh1");
        try (PreparedConv conv = Rows.prepare(backend, large, DType.F32, "im2col+gemm", Regime.RESIDENT)) {
            conv.execute();
            Map<String, Long> nanos = conv.profile();
            assertTrue(nanos.get("gemm") > nanos.get("dispatch"), nanos.toString());
        }
    }
}
