package io.github.convgauge.conv;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.github.convgauge.tensor.DType;
import io.github.convgauge.tensor.Layout;
import io.github.convgauge.tensor.Tensor;
import java.util.Random;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import org.junit.jupiter.api.Test;

/** The windows, and the frame that they lie in where there is padding. */
class Im2colTest {
    /** x in a frame of zeros, dense or with room around it, NHWC or NCHW in memory. */
    private static Tensor framed(ConvProblem p, Tensor x, Random random) {
        long[] frame = Padding.frameSizes(p);
        Tensor padded;
        if (random.nextBoolean()) {
            padded = Tensor.allocate(DType.I32, frame);
        } else {
            padded = Tensor.allocate(DType.I32, frame[0], frame[3], frame[1] + 1, frame[2] + 2).permute(0, 2, 3, 1);
        }
        Padding.interior(padded, p).copyFrom(x);
        return padded;
    }

    @Property
    void takesTheWindowsOfTheDefinition(@ForAll Random random) {
        ConvProblem p = Problems.random(random);
        Tensor x = Tensor.arange(DType.I32, (long) p.mb() * p.ih() * p.iw() * p.ic()).fill(i -> i + 1).view(p.xSizes());
        Tensor padded = framed(p, x, random);
        for (int group = 0; group < p.g(); group++) {
            Tensor windows = padded.with(Im2col.view(padded.layout(), p, group));
            assertArrayEquals(new long[] {p.mb(), p.oh(), p.ow(), p.kh(), p.kw(), p.groupIc()}, windows.sizes(), p.toString());
            for (int n = 0; n < p.mb(); n++) {
                for (int i = 0; i < p.oh(); i++) {
                    for (int j = 0; j < p.ow(); j++) {
                        for (int a = 0; a < p.kh(); a++) {
                            for (int b = 0; b < p.kw(); b++) {
                                for (int c = 0; c < p.groupIc(); c++) {
                                    int h = i * p.sh() + a * (p.dh() + 1) - p.padTop();
                                    int w = j * p.sw() + b * (p.dw() + 1) - p.padLeft();
                                    boolean inside = h >= 0 && h < p.ih() && w >= 0 && w < p.iw();
                                    double expected = inside ? x.getDouble(n, h, w, c + group * p.groupIc()) : 0;
                                    assertEquals(expected, windows.getDouble(n, i, j, a, b, c),
                                            () -> p + ": " + windows);
                                }
                            }
                        }
                    }
                }
            }
        }
    }

    @Test
    void hasTheStridesOfThePlan() {
        ConvProblem p = ConvProblem.parse("g2mb2ic6ih9iw8oc4kh3kw2sh2sw3dh1dw2");
        Layout x = Layout.contiguous(p.xSizes());
        assertEquals(
                Layout.of(new long[] {2, 3, 2, 3, 2, 3}, new long[] {432, 96, 18, 96, 18, 1}, 3),
                Im2col.view(x, p, 1));
    }

    @Test
    void refusesAFrameThatIsTooSmall() {
        ConvProblem p = ConvProblem.parse("mb2ic3ih5oc4kh3ph1");
        Layout x = Layout.contiguous(p.xSizes());
        assertEquals(
                "the windows of g1mb2_ic3ih5iw5_oc4_kh3kw3_sh1sw1_ph1pw1_dh0dw0 lie in a frame of (2, 7, 7, 3), not in (2, 5, 5, 3)",
                assertThrows(IllegalArgumentException.class, () -> Im2col.view(x, p, 0)).getMessage());
        assertThrows(IllegalArgumentException.class, () -> Im2col.view(Layout.contiguous(7, 7, 3), p, 0));
        assertThrows(IndexOutOfBoundsException.class, () -> Im2col.view(Layout.contiguous(2, 7, 7, 3), p, 1));
    }

    @Test
    void framesAsymmetrically() {
        ConvProblem p = ConvProblem.parse("ic1ih2iw3oc1oh3ow4kh4kw4ph1pw2");
        assertArrayEquals(new long[] {1, 6, 7, 1}, Padding.frameSizes(p));
        Tensor frame = Tensor.allocate(DType.F32, Padding.frameSizes(p));
        Padding.interior(frame, p).fill(i -> i + 1);
        assertArrayEquals(
                new double[] {
                    0, 0, 0, 0, 0, 0, 0,
                    0, 0, 1, 2, 3, 0, 0,
                    0, 0, 4, 5, 6, 0, 0,
                    0, 0, 0, 0, 0, 0, 0,
                    0, 0, 0, 0, 0, 0, 0,
                    0, 0, 0, 0, 0, 0, 0},
                frame.toDoubles());
    }

    @Test
    void knowsWhenTheInputIsTheMatrix() {
        ConvProblem pointwise = ConvProblem.parse("mb2ic3ih5oc4kh1");
        Layout x = Layout.contiguous(pointwise.xSizes());
        assertTrue(Im2col.needsNoCopy(x, pointwise));
        assertEquals(x.view(50, 3), Im2col.view(x, pointwise, 0).view(50, 3));
        assertFalse(Im2col.needsNoCopy(Layout.fortran(pointwise.xSizes()), pointwise));
        for (String text : new String[] {
            "mb2ic3ih5oc4kh1sh2", "mb2ic3ih5oc4kh1sw2", "mb2ic3ih5oc4kh1ph1", "mb2ic3ih5oc4kh2kw1", "mb2ic3ih5oc4kh1kw2", "g3mb2ic3ih5oc3kh1"}) {
            assertFalse(Im2col.needsNoCopy(x, ConvProblem.parse(text)), text);
        }
    }
}
