package io.github.convgauge.conv;

import io.github.convgauge.tensor.DType;
import java.util.Map;
import java.util.regex.Pattern;

/**
 * One 2-D convolution (cross-correlation, as in every deep-learning library): the input x is
 * (mb, ih, iw, ic), the weights w are (kh, kw, ic/g, oc), the output y is (mb, oh, ow, oc):
 *
 * <pre>y[n, i, j, o] = Σ x[n, i·sh + a·(dh+1) − padTop, j·sw + b·(dw+1) − padLeft, c + (ic/g)·⌊o/(oc/g)⌋] · w[a, b, c, o]</pre>
 *
 * <p>over a &lt; kh, b &lt; kw, c &lt; ic/g, where x is 0 outside its frame. The names are those of
 * benchdnn's problem descriptors, its dilation convention included: {@code dh} counts the gaps
 * between taps, so 0 is dense.
 *
 * @param g groups; they divide ic and oc
 * @param mb mini-batch
 * @param padBottom follows from oh where that was given; at most the dilated kernel less one then
 * @param name a label, or "" for none
 * @param count how often the problem occurs in what it was taken from (benchdnn's {@code n"name*3"})
 */
public record ConvProblem(
        int g, int mb,
        int ic, int ih, int iw,
        int oc, int oh, int ow,
        int kh, int kw,
        int sh, int sw,
        int padTop, int padLeft, int padBottom, int padRight,
        int dh, int dw,
        String name, int count) {
    private static final Pattern UNWRITABLE = Pattern.compile("[\"\\p{Cntrl}]");

    /**
     * Checks everything that makes a problem meaningless.
     *
     * @throws IllegalArgumentException with one sentence that says what is wrong
     */
    public ConvProblem {
        positive("g", g);
        positive("mb", mb);
        positive("ic", ic);
        positive("ih", ih);
        positive("iw", iw);
        positive("oc", oc);
        positive("oh", oh);
        positive("ow", ow);
        positive("kh", kh);
        positive("kw", kw);
        positive("sh", sh);
        positive("sw", sw);
        positive("the multiplicity", count);
        notNegative("the padding at the top", padTop);
        notNegative("the padding at the left", padLeft);
        notNegative("the padding at the bottom", padBottom);
        notNegative("the padding at the right", padRight);
        notNegative("dh", dh);
        notNegative("dw", dw);
        if (UNWRITABLE.matcher(name).find()) {
            throw new IllegalArgumentException("a name holds no quotes and no control characters");
        }
        if (ic % g != 0 || oc % g != 0) {
            throw new IllegalArgumentException(
                    "g%d groups do not divide ic%d and oc%d".formatted(g, ic, oc));
        }
        long frameH = frame('h', oh, (long) padTop + ih + padBottom, (kh - 1L) * (dh + 1L) + 1, sh);
        long frameW = frame('w', ow, (long) padLeft + iw + padRight, (kw - 1L) * (dw + 1L) + 1, sw);
        // Everything else computes with these products; let them fail here, once.
        long total = 0;
        total = sum(total, product("the padded x", mb, frameH, frameW, ic));
        total = sum(total, product("w", kh, kw, ic / g, oc));
        total = sum(total, product("y", mb, oh, ow, oc));
        sum(total, product("x", mb, ih, iw, ic));
        product("the multiply-adds", mb, oh, ow, oc, kh, kw, ic / g);
    }

    /** The padded extent of one dimension, if the output size is what follows from it. */
    private static long frame(char axis, int out, long padded, long dilated, int stride) {
        if (padded > Integer.MAX_VALUE) {
            throw new IllegalArgumentException(
                    "i%c with its padding is %d; the largest size is %d".formatted(axis, padded, Integer.MAX_VALUE));
        }
        if (dilated > padded) {
            throw new IllegalArgumentException(
                    "the kernel is larger than the padded input: k%c spans %d, i%c with its padding is %d"
                            .formatted(axis, dilated, axis, padded));
        }
        long follows = (padded - dilated) / stride + 1;
        if (out != follows) {
            throw new IllegalArgumentException(
                    "o%c is %d, but %d follows from the input, the padding, the kernel and the stride"
                            .formatted(axis, out, follows));
        }
        return padded;
    }

    /** Reads one problem; see {@link ProblemText} for the grammar. */
    public static ConvProblem parse(String text) {
        return ProblemText.parse(text);
    }

    /**
     * Reads a problem some of whose sizes are known from the data: the text, which may be empty, adds
     * stride, padding, dilation, groups and a name, and may repeat sizes but not contradict them.
     *
     * @param known sizes by key: {@code mb}, {@code ic}, {@code ih}, …
     */
    public static ConvProblem parse(String text, Map<String, Long> known) {
        return ProblemText.parse(text, known);
    }

    /** The vertical extent of the kernel, gaps included. */
    public long dilatedKh() {
        return (kh - 1L) * (dh + 1L) + 1;
    }

    /** The horizontal extent of the kernel, gaps included. */
    public long dilatedKw() {
        return (kw - 1L) * (dw + 1L) + 1;
    }

    /** Input channels of one group. */
    public int groupIc() {
        return ic / g;
    }

    /** Output channels of one group. */
    public int groupOc() {
        return oc / g;
    }

    /** Products that are summed for one output, those with padding included: kh·kw·ic/g. */
    public long terms() {
        return (long) kh * kw * groupIc();
    }

    /** (mb, ih, iw, ic). */
    public long[] xSizes() {
        return new long[] {mb, ih, iw, ic};
    }

    /** (kh, kw, ic/g, oc). */
    public long[] wSizes() {
        return new long[] {kh, kw, groupIc(), oc};
    }

    /** (mb, oh, ow, oc). */
    public long[] ySizes() {
        return new long[] {mb, oh, ow, oc};
    }

    public boolean hasPadding() {
        return padTop > 0 || padLeft > 0 || padBottom > 0 || padRight > 0;
    }

    /** Whether bottom and right have the padding of top and left, as most libraries want it. */
    public boolean hasSymmetricPadding() {
        return padTop == padBottom && padLeft == padRight;
    }

    /**
     * Floating-point operations of the direct convolution, a multiply and an add for each product;
     * products with padding do not count, as in benchdnn.
     */
    public double flops() {
        return 2.0 * mb * oc * groupIc() * taps(oh, sh, kh, dh + 1L, padTop, ih) * taps(ow, sw, kw, dw + 1L, padLeft, iw);
    }

    /** Pairs (output place, tap) of one dimension that meet the input and not its padding. */
    private static long taps(int out, int stride, int kernel, long dilation, int padBefore, int in) {
        long taps = 0;
        for (long k = 0; k < kernel; k++) {
            long shift = padBefore - k * dilation;
            long first = Math.max(0, Math.ceilDiv(shift, stride));
            long last = Math.min(out - 1L, Math.floorDiv(in - 1 + shift, stride));
            taps += Math.max(0, last - first + 1);
        }
        return taps;
    }

    /**
     * The same problem with another mini-batch.
     *
     * @throws IllegalArgumentException if its sizes overflow, or there is no such batch
     */
    public ConvProblem withBatch(int batch) {
        return new ConvProblem(
                g, batch, ic, ih, iw, oc, oh, ow, kh, kw, sh, sw, padTop, padLeft, padBottom, padRight, dh, dw, name, count);
    }

    /** Bytes of x, w and y together: what a convolution moves at the least. */
    public long bytes(DType dtype) {
        return (product("x", xSizes()) + product("w", wSizes()) + product("y", ySizes())) * dtype.bytes();
    }

    /** The canonical form, which {@link #parse} reads back to an equal problem. */
    @Override
    public String toString() {
        return ProblemText.print(this);
    }

    private static void positive(String what, int value) {
        if (value <= 0) {
            throw new IllegalArgumentException("%s is %d; it must be positive".formatted(what, value));
        }
    }

    private static void notNegative(String what, int value) {
        if (value < 0) {
            throw new IllegalArgumentException("%s is %d; it must be 0 or more".formatted(what, value));
        }
    }

    private static long sum(long total, long elements) {
        try {
            long sum = Math.addExact(total, elements);
            Math.multiplyExact(sum, (long) Double.BYTES);
            return sum;
        } catch (ArithmeticException e) {
            throw new IllegalArgumentException("the sizes of x, w and y together overflow 63 bits", e);
        }
    }

    private static long product(String what, long... factors) {
        try {
            long product = 1;
            for (long f : factors) {
                product = Math.multiplyExact(product, f);
            }
            Math.multiplyExact(product, (long) Double.BYTES);
            return product;
        } catch (ArithmeticException e) {
            throw new IllegalArgumentException(
                    "the size of %s overflows 63 bits: %s".formatted(what, join(factors)), e);
        }
    }

    private static String join(long... factors) {
        StringBuilder text = new StringBuilder();
        for (long f : factors) {
            text.append(text.isEmpty() ? "" : " x ").append(f);
        }
        return text.toString();
    }
}
