package io.github.convgauge.cpu.direct;

import static org.junit.jupiter.api.Assertions.assertEquals;

import io.github.convgauge.conv.ConvProblem;
import io.github.convgauge.cpu.WorkerPool;
import io.github.convgauge.cpu.kernel.Access;
import io.github.convgauge.tensor.DType;
import io.github.convgauge.tensor.Layout;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** That a convolution is done by the engine made for it: the others would be right as well, and slow. */
class EnginesTest {
    private static String name(ConvProblem p, DType dtype, Layout x, Layout y, int longest) {
        try (WorkerPool pool = new WorkerPool(1)) {
            return Engines.depthwise(p, dtype, x, Layout.contiguous(p.wSizes()), y, longest, Access.CHECKED, pool)
                    .map(engine -> {
                        engine.close();
                        return engine.getClass().getSimpleName();
                    })
                    .orElse("none");
        }
    }

    @ParameterizedTest
    @CsvSource({
        // A picture in grey, in colours, with transparency; one of a batch is no different.
        "ic1ih5iw64oc1kh3ph1, FlatDepthwise", "g3mb2ic3ih9iw64oc3kh3ph1, FlatDepthwise", "g4ic4ih9iw64oc4kh5, FlatDepthwise",
        // 18 columns leave 16 outputs with all taps inside x, one vector of 16 lanes a channel.
        "g3ic3ih3iw18oc3kh3, FlatDepthwise",
        // With 17 there are vectors of 8 lanes for them; with 5 not even of 4.
        "g3ic3ih3iw17oc3kh3, FlatDepthwise", "g3ic3ih3iw5oc3kh3, none",
        // All pixels of a convolution of 1x1 are one line.
        "g7ic7ih4iw4oc7kh1, FlatDepthwise",
        "g16ic16ih9iw64oc16kh3, Depthwise", "g5ic5ih5iw5oc5kh3, Depthwise", "g8ic8ih9iw64oc8kh3sw2, Depthwise",
        "g3ic3ih9iw64oc3kh3sw2, none", "g3ic3ih9iw64oc6kh3, none", "ic3ih9iw64oc3kh3, none"})
    void whoDoesIt(String problem, String engine) {
        ConvProblem p = ConvProblem.parse(problem);
        assertEquals(engine, name(p, DType.F32, Layout.contiguous(p.xSizes()), Layout.contiguous(p.ySizes()), 512));
    }

    /** Pixels that do not touch, or channels that are no neighbours, are no flat line. */
    @Test
    void gapsAreSeen() {
        ConvProblem p = ConvProblem.parse("g3ic3ih9iw64oc3kh3");
        Layout x = Layout.contiguous(p.xSizes());
        Layout y = Layout.contiguous(p.ySizes());
        Layout wideX = Layout.of(p.xSizes(), new long[] {64 * 4 * 9, 64 * 4, 4, 1}, 0);
        Layout wideY = Layout.of(p.ySizes(), new long[] {62 * 4 * 7, 62 * 4, 4, 1}, 0);
        Layout planes = Layout.of(p.xSizes(), new long[] {64 * 3 * 9, 64, 1, 64 * 9}, 0);
        assertEquals("FlatDepthwise", name(p, DType.F32, x, y, 512));
        assertEquals("none", name(p, DType.F32, wideX, y, 512));
        assertEquals("none", name(p, DType.F32, x, wideY, 512));
        assertEquals("none", name(p, DType.F32, planes, y, 512));
    }
}
