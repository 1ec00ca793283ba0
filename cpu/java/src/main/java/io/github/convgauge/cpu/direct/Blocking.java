package io.github.convgauge.cpu.direct;

import io.github.convgauge.tensor.DType;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * How many outputs a register block has: pixels in a line times vectors of output channels.
 *
 * @param bits length of a vector
 */
public record Blocking(int bits, int pixels, int vectors) {
    private static final Pattern TEXT = Pattern.compile("(\\d{3})b:(\\d{1,2})x(\\d)");

    /** Elements in a vector. */
    public int lanes(DType dtype) {
        return bits / Byte.SIZE / dtype.bytes();
    }

    /** Vectors of sums, each in a register. */
    int sums() {
        return pixels * vectors;
    }

    /** {@code 512b:14x2}, which {@link #parse} reads. */
    @Override
    public String toString() {
        return "%db:%dx%d".formatted(bits, pixels, vectors);
    }

    /** @throws IllegalArgumentException if the text is none of these */
    public static Blocking parse(String text) {
        Matcher matcher = TEXT.matcher(text);
        if (!matcher.matches()) {
            throw new IllegalArgumentException("'" + text + "' is no register block; 512b:14x2 is one");
        }
        return new Blocking(
                Integer.parseInt(matcher.group(1)), Integer.parseInt(matcher.group(2)), Integer.parseInt(matcher.group(3)));
    }
}
