package io.github.convgauge.tornadovm.kernels;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;

import io.github.convgauge.check.Fill;
import io.github.convgauge.check.Operands;
import io.github.convgauge.check.Reference;
import io.github.convgauge.conv.ConvProblem;
import io.github.convgauge.conv.Im2col;
import io.github.convgauge.conv.Padding;
import io.github.convgauge.tensor.DType;
import io.github.convgauge.tensor.Layout;
import io.github.convgauge.tensor.Tensor;
import java.lang.foreign.Arena;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import uk.ac.manchester.tornado.api.types.arrays.FloatArray;

/** {@code @Parallel} kernels are Java: called as such, without a device, they must give the same answers. */
class PlainJavaTest {
    private static FloatArray arrayOf(Tensor tensor) {
        FloatArray array = new FloatArray(Math.toIntExact(tensor.storage().byteSize() / Float.BYTES));
        array.getSegment().copyFrom(tensor.storage());
        return array;
    }

    /** The strides of the windows: group, image, row, column, kernel row, kernel column, channel. */
    private static int[] strides(ConvProblem p, Layout frame) {
        Layout view = Im2col.view(frame, p, 0);
        int[] strides = new int[7];
        strides[0] = Math.toIntExact(p.groupIc() * frame.stride(3));
        for (int d = 0; d < 6; d++) {
            strides[d + 1] = Math.toIntExact(view.stride(d));
        }
        return strides;
    }

    @Test
    void pairsHoldAnyTwo() {
        for (int first : new int[] {-7, 0, 7, Integer.MIN_VALUE, Integer.MAX_VALUE}) {
            for (int second : new int[] {-1, 0, 1, Integer.MIN_VALUE, Integer.MAX_VALUE}) {
                assertEquals(first, Edges.first(Edges.pair(first, second)), first + ", " + second);
                assertEquals(second, Edges.second(Edges.pair(first, second)), first + ", " + second);
            }
        }
    }

    @ParameterizedTest
    @ValueSource(strings = {
        "mb2ic5ih7iw6oc17kh3kw2", "g3mb2ic6ih8iw5oc12kh3sh2dh0dw1", "mb1ic3ih6iw9oc35kh2sh1sw2", "g4ic4ih5oc4kh3", "ic1ih1oc1kh1",
        "mb3ic4ih7iw6oc20kh3ph1pw2", "g2mb2ic32ih5iw9oc64kh3ph1", "ic16ih4iw8oc24kh2ph1sh2dh1",
    })
    void everyKernelIsTheConvolution(String text) {
        ConvProblem p = ConvProblem.parse(text);
        Operands operands = Fill.INTEGER.operands(p, DType.F32, 11);
        Reference reference = Reference.compute(p, operands, Arena.ofAuto().allocate(Reference.bytes(p), 8));
        Layout frame = Layout.contiguous(Padding.frameSizes(p));
        FloatArray x = new FloatArray(Math.toIntExact(frame.size()));
        x.init(Float.NaN);
        CopyF32.pad(
                arrayOf(operands.x()), x, p.mb(), p.ih(), p.iw(), p.ic(), Math.toIntExact(frame.size(1)),
                Math.toIntExact(frame.size(2)), p.padTop(), p.padLeft(), 0, p.ih() * p.iw() * p.ic(), p.iw() * p.ic(), p.ic(), 1);
        FloatArray w = arrayOf(operands.w());
        int[] s = strides(p, frame);
        int rows = p.mb() * p.oh() * p.ow();
        int terms = Math.toIntExact(p.terms());

        FloatArray columns = new FloatArray(p.g() * rows * terms);
        CopyF32.im2col(
                x, columns, 0, p.g(), p.mb(), p.oh(), p.ow(), p.kh(), p.kw(), p.groupIc(),
                s[0], s[1], s[2], s[3], s[4], s[5], s[6]);
        sameRows(p, operands, x, columns, s);
        check(p, reference, "gemm", y -> GemmF32.gemm(columns, w, y, 0, p.g(), p.mb(), p.oh() * p.ow(), terms, p.groupOc()));
        check(p, reference, "direct", y -> DirectF32.direct(
                x, w, y, 0, p.g(), p.mb(), p.oh(), p.ow(), p.kh(), p.kw(), p.groupIc(), p.groupOc(),
                s[0], s[1], s[2], s[3], s[4], s[5], s[6]));
        check(p, reference, "lanes1", y -> BlockedF32.lanes1(
                x, w, y, 0, p.g(), p.mb(), p.oh(), p.ow(), p.kh(), p.kw(), p.groupIc(), p.groupOc(),
                s[0], s[1], s[2], s[3], s[4], s[5], s[6]));
        if (p.groupOc() >= 4) {
            check(p, reference, "lanes4", y -> BlockedF32.lanes4(
                    x, w, y, 0, p.g(), p.mb(), p.oh(), p.ow(), p.kh(), p.kw(), p.groupIc(), p.groupOc(),
                    s[0], s[1], s[2], s[3], s[4], s[5], s[6]));
        }
        if (p.groupOc() >= 8) {
            check(p, reference, "lanes8", y -> BlockedF32.lanes8(
                    x, w, y, 0, p.g(), p.mb(), p.oh(), p.ow(), p.kh(), p.kw(), p.groupIc(), p.groupOc(),
                    s[0], s[1], s[2], s[3], s[4], s[5], s[6]));
        }
        if (p.groupOc() >= 16) {
            check(p, reference, "lanes16", y -> BlockedF32.lanes16(
                    x, w, y, 0, p.g(), p.mb(), p.oh(), p.ow(), p.kh(), p.kw(), p.groupIc(), p.groupOc(),
                    s[0], s[1], s[2], s[3], s[4], s[5], s[6]));
        }
    }

    /** Lines of pixels and whole vectors, for each number of pixels; where x is padded, on it as it is, behind zeros. */
    @ParameterizedTest
    @ValueSource(strings = {
        "mb2ic3ih4iw10oc16kh3kw2", "g3mb2ic6ih8iw9oc24kh2sh2", "ic5ih3iw8oc48kh1", "g2ic4ih6iw12oc8kh3dh1", "g2ic2ih3iw13oc64kh2",
        "ic2ih4iw17oc96kh3", "ic2ih3iw29oc32kh2", "mb2ic3ih4iw10oc32kh3ph1", "g2mb2ic6ih5iw7oc32kh2kw3ph2pw0", "ic2ih1iw9oc16kh3kw1ph1pw0",
        "ic5ih3iw2oc16kh3kw5ph3pw4", "ic3ih6iw13oc16kh3sh2sw3dh1dw2ph2pw3", "ic2ih7oc8kh1sh2ph3", "mb2ic4ih8iw10oc16oh4ow5kh3sh2",
        "ic2ih6iw9oc16oh7ow11kh4kw5ph1pw2", "ic3ih4iw6oc16oh4ow6kh6kw8ph2pw1dw1", "mb2ic3ih1iw1oc8kh5ph4",
    })
    void linesAreTheConvolution(String text) {
        ConvProblem p = ConvProblem.parse(text);
        Operands operands = Fill.INTEGER.operands(p, DType.F32, 12);
        Reference reference = Reference.compute(p, operands, Arena.ofAuto().allocate(Reference.bytes(p), 8));
        FloatArray w = arrayOf(operands.w());
        int row = p.iw() * p.ic();
        int corner = p.groupIc() - p.padTop() * row - p.padLeft() * p.ic();
        FloatArray x = behindZeros(operands.x(), p.groupIc());
        int[] s = strides(p, Layout.of(Padding.frameSizes(p), Layout.contiguous(p.xSizes()).strides(), 0));
        long rowSteps = Edges.pair(s[2], s[4]);
        long columnSteps = Edges.pair(s[3], s[5]);
        long rows = p.hasPadding() ? Edges.pair(p.padTop() * row, (p.padTop() + p.ih()) * row) : Edges.NONE;
        long columns = p.hasPadding() ? Edges.pair(p.padLeft() * p.ic(), (p.padLeft() + p.iw()) * p.ic()) : Edges.NONE;
        int tried = 0;
        for (int pixels = 1; pixels <= Math.min(PairsF32.MOST_PIXELS, p.ow()); pixels++) {
            int some = pixels;
            if (p.groupOc() % 16 == 0) {
                check(p, reference, "pairs8 " + some, y -> PairsF32.pairs8(
                        x, packed(w, p, 16), y, corner, p.g(), p.mb(), p.oh(), p.ow(), p.kh(), p.kw(), p.groupIc(), p.groupOc(),
                        s[0], s[1], rowSteps, columnSteps, s[6], rows, columns, some));
            }
            if (p.groupOc() % 32 == 0) {
                check(p, reference, "pairs16 " + some, y -> PairsF32.pairs16(
                        x, packed(w, p, 32), y, corner, p.g(), p.mb(), p.oh(), p.ow(), p.kh(), p.kw(), p.groupIc(), p.groupOc(),
                        s[0], s[1], rowSteps, columnSteps, s[6], rows, columns, some));
            }
        }
        for (int pixels = 1; pixels <= Math.min(LinesF32.MOST_PIXELS, p.ow()); pixels++) {
            int some = pixels;
            if (p.groupOc() % 4 == 0) {
                check(p, reference, "lanes4 " + some, y -> LinesF32.lanes4(
                        x, w, y, corner, p.g(), p.mb(), p.oh(), p.ow(), p.kh(), p.kw(), p.groupIc(), p.groupOc(),
                        s[0], s[1], rowSteps, columnSteps, s[6], rows, columns, some));
                tried++;
            }
            if (p.groupOc() % 8 == 0) {
                check(p, reference, "lanes8 " + some, y -> LinesF32.lanes8(
                        x, w, y, corner, p.g(), p.mb(), p.oh(), p.ow(), p.kh(), p.kw(), p.groupIc(), p.groupOc(),
                        s[0], s[1], rowSteps, columnSteps, s[6], rows, columns, some));
            }
            if (p.groupOc() % 16 == 0) {
                check(p, reference, "lanes16 " + some, y -> LinesF32.lanes16(
                        x, w, y, corner, p.g(), p.mb(), p.oh(), p.ow(), p.kh(), p.kw(), p.groupIc(), p.groupOc(),
                        s[0], s[1], rowSteps, columnSteps, s[6], rows, columns, some));
            }
        }
        assertEquals(Math.min(LinesF32.MOST_PIXELS, p.ow()), tried);
    }

    /** What lies around x and its zeros is none of them. */
    private static FloatArray behindZeros(Tensor x, int zeros) {
        FloatArray from = arrayOf(x);
        FloatArray array = new FloatArray(zeros + from.getSize() + 7);
        array.init(Float.NaN);
        for (int i = 0; i < zeros + from.getSize(); i++) {
            array.set(i, i < zeros ? 0 : from.get(i - zeros));
        }
        return array;
    }

    /** The matrix w, block of channels by block of channels. */
    private static FloatArray packed(FloatArray w, ConvProblem p, int channels) {
        FloatArray packed = new FloatArray(w.getSize());
        int terms = Math.toIntExact(p.terms());
        for (int i = 0; i < w.getSize(); i++) {
            int channel = i % p.oc();
            packed.set((channel / channels * terms + i / p.oc()) * channels + channel % channels, w.get(i));
        }
        return packed;
    }

    /** What a processor copies by rows is what is copied element by element. */
    private static void sameRows(ConvProblem p, Operands operands, FloatArray frame, FloatArray columns, int[] s) {
        FloatArray x = arrayOf(operands.x());
        for (int lanes : new int[] {16, 4, 1}) {
            if (p.ic() % lanes == 0) {
                FloatArray padded = new FloatArray(frame.getSize());
                padded.init(Float.NaN);
                Pad pad = lanes == 16 ? RowsF32::pad16 : lanes == 4 ? RowsF32::pad4 : RowsF32::pad1;
                pad.run(
                        x, padded, p.mb(), p.ih(), p.iw(), p.ic(), Math.toIntExact(Padding.frameSizes(p)[1]),
                        Math.toIntExact(Padding.frameSizes(p)[2]), p.padTop(), p.padLeft(), 0, p.ih() * p.iw() * p.ic(),
                        p.iw() * p.ic(), p.ic(), 1);
                assertArrayEquals(frame.toHeapArray(), padded.toHeapArray(), "pad" + lanes + ", " + p);
            }
            if (p.groupIc() % lanes == 0) {
                FloatArray rows = new FloatArray(columns.getSize());
                rows.init(Float.NaN);
                Im2colKernel im2col = lanes == 16 ? RowsF32::im2col16 : lanes == 4 ? RowsF32::im2col4 : RowsF32::im2col1;
                im2col.run(
                        frame, rows, 0, p.g(), p.mb(), p.oh(), p.ow(), p.kh(), p.kw(), p.groupIc(),
                        s[0], s[1], s[2], s[3], s[4], s[5], s[6]);
                assertArrayEquals(columns.toHeapArray(), rows.toHeapArray(), "im2col" + lanes + ", " + p);
            }
        }
    }

    private interface Pad {
        void run(
                FloatArray x, FloatArray frame, int n, int h, int w, int c, int frameH, int frameW, int top, int left,
                int offset, int xN, int xH, int xW, int xC);
    }

    private interface Im2colKernel {
        void run(
                FloatArray x, FloatArray columns, int offset, int g, int mb, int oh, int ow, int kh, int kw, int gic,
                int xG, int xN, int xI, int xJ, int xKh, int xKw, int xC);
    }

    private interface Kernel {
        void run(FloatArray y);
    }

    private static void check(ConvProblem p, Reference reference, String name, Kernel kernel) {
        FloatArray y = new FloatArray(Math.toIntExact(Layout.contiguous(p.ySizes()).size()));
        y.init(Float.NaN);
        kernel.run(y);
        for (int i = 0; i < y.getSize(); i++) {
            assertEquals((float) reference.y(i), y.get(i), "%s, %s, element %d".formatted(name, p, i));
        }
    }

    @Test
    void copiesBetweenAnyLayouts() {
        FloatArray from = new FloatArray(24);
        for (int i = 0; i < 24; i++) {
            from.set(i, i);
        }
        // (1, 2, 3, 4), contiguous, into channels first, backwards along w, from element 1 on.
        FloatArray to = new FloatArray(26);
        to.init(-1);
        CopyF32.copy(from, to, 1, 2, 3, 4, 0, 24, 12, 4, 1, 3, 24, 3, -1, 6);
        float[] expected = new float[26];
        java.util.Arrays.fill(expected, -1);
        for (int h = 0; h < 2; h++) {
            for (int w = 0; w < 3; w++) {
                for (int c = 0; c < 4; c++) {
                    expected[3 + 3 * h - w + 6 * c] = 12 * h + 4 * w + c;
                }
            }
        }
        assertArrayEquals(expected, to.toHeapArray());
    }
}
