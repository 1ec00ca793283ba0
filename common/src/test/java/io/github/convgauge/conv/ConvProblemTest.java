package io.github.convgauge.conv;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.github.convgauge.tensor.DType;
import java.util.Random;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import org.junit.jupiter.api.Test;

class ConvProblemTest {
    /** One dimension of a problem that is otherwise 1, the record's own constructor. */
    private static ConvProblem line(int in, int out, int kernel, int stride, int before, int after, int gaps) {
        return new ConvProblem(
                1, 1, 1, in, 1, 1, out, 1, kernel, 1, stride, 1, before, 0, after, 0, gaps, 0, "", 1);
    }

    private static String refused(int in, int out, int kernel, int stride, int before, int after, int gaps) {
        return assertThrows(IllegalArgumentException.class, () -> line(in, out, kernel, stride, before, after, gaps))
                .getMessage();
    }

    @Property
    void countsTheProductsOfTheDefinition(@ForAll Random random) {
        ConvProblem p = Problems.random(random);
        long products = 0;
        for (int i = 0; i < p.oh(); i++) {
            for (int j = 0; j < p.ow(); j++) {
                for (int a = 0; a < p.kh(); a++) {
                    for (int b = 0; b < p.kw(); b++) {
                        int h = i * p.sh() + a * (p.dh() + 1) - p.padTop();
                        int w = j * p.sw() + b * (p.dw() + 1) - p.padLeft();
                        if (h >= 0 && h < p.ih() && w >= 0 && w < p.iw()) {
                            products++;
                        }
                    }
                }
            }
        }
        products *= (long) p.mb() * p.oc() * p.groupIc();
        assertEquals(2.0 * products, p.flops(), p.toString());
    }

    @Test
    void countsNoPaddingTaps() {
        // DeepBench's oddity: 1x1 with a stride of 2 and a padding of 3 has 7x7 outputs, of which 4x4 see x.
        ConvProblem oddity = ConvProblem.parse("mb16ic832ih7oc256kh1sh2ph3");
        assertArrayEquals(new long[] {16, 7, 7, 256}, oddity.ySizes());
        assertEquals(2.0 * 16 * 832 * 256 * 3 * 3, oddity.flops());
        assertEquals(2.0 * 10 * 30 * 30 * 16 * 3 * 3 * 8, ConvProblem.parse("mb10ih32ic8oc16kh3").flops());
        assertEquals(2.0 * 10 * 94 * 94 * 16 * 8, ConvProblem.parse("mb10ih32ic8oc16kh3ph1").flops());
        // Nothing but padding.
        assertEquals(2.0, line(1, 3, 1, 1, 1, 1, 0).flops());
    }

    @Test
    void countsHugeProblemsAtOnce() {
        assertEquals(2.0 * (Integer.MAX_VALUE - 1) * 2, line(Integer.MAX_VALUE, Integer.MAX_VALUE - 1, 2, 1, 0, 0, 0).flops());
    }

    @Test
    void knowsItsSizes() {
        ConvProblem p = ConvProblem.parse("g2mb3ic4ih9iw8oc6kh3kw2sh2sw1ph1pw0dh1dw2");
        assertArrayEquals(new long[] {3, 9, 8, 4}, p.xSizes());
        assertArrayEquals(new long[] {3, 2, 2, 6}, p.wSizes());
        assertArrayEquals(new long[] {3, 4, 5, 6}, p.ySizes());
        assertEquals(5, p.dilatedKh());
        assertEquals(4, p.dilatedKw());
        assertEquals(2, p.groupIc());
        assertEquals(3, p.groupOc());
        assertEquals(12, p.terms());
        assertEquals(4L * (3 * 9 * 8 * 4 + 3 * 2 * 2 * 6 + 3 * 4 * 5 * 6), p.bytes(DType.F32));
        assertEquals(2 * p.bytes(DType.F32), p.bytes(DType.F64));
        assertTrue(p.hasPadding());
        assertTrue(p.hasSymmetricPadding());
        assertFalse(ConvProblem.parse("ic1ih9oc1kh3").hasPadding());
        assertFalse(ConvProblem.parse("ic1ih9oc1oh9kh3").hasSymmetricPadding());
        assertTrue(ConvProblem.parse("ic1ih9oc1oh9kh3").hasPadding());
    }

    /** What no text can say, the constructor must refuse too. */
    @Test
    void refusesWhatMeansNothing() {
        assertEquals("the padding at the top is -1; it must be 0 or more", refused(5, 2, 3, 1, -1, 0, 0));
        assertEquals("the padding at the bottom is -1; it must be 0 or more", refused(5, 2, 3, 1, 0, -1, 0));
        assertEquals("dh is -1; it must be 0 or more", refused(5, 5, 3, 1, 0, 0, -1));
        assertEquals("ih is 0; it must be positive", refused(0, 1, 1, 1, 1, 0, 0));
        assertEquals("the kernel is larger than the padded input: kh spans 7, ih with its padding is 6", refused(5, 1, 4, 1, 1, 0, 1));
        assertEquals("oh is 4, but 3 follows from the input, the padding, the kernel and the stride", refused(5, 4, 3, 1, 0, 0, 0));
        assertEquals("oh is 2, but 3 follows from the input, the padding, the kernel and the stride", refused(5, 2, 3, 1, 0, 0, 0));
        assertEquals("ih with its padding is 2147483648; the largest size is 2147483647", refused(Integer.MAX_VALUE, 1, 1, 1, 0, 1, 0));
        assertEquals("a name holds no quotes and no control characters", assertThrows(
                IllegalArgumentException.class,
                () -> new ConvProblem(1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 0, 0, 0, 0, 0, 0, "a\"b", 1)).getMessage());
        assertEquals("the multiplicity is 0; it must be positive", assertThrows(
                IllegalArgumentException.class,
                () -> new ConvProblem(1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 0, 0, 0, 0, 0, 0, "", 0)).getMessage());
    }
}
