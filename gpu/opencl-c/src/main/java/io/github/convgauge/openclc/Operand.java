package io.github.convgauge.openclc;

import io.github.convgauge.backend.UnsupportedConvException;
import io.github.convgauge.tensor.DType;
import io.github.convgauge.tensor.Layout;

/**
 * x, w or y on the device.
 *
 * @param layout within the buffer, whatever its strides
 */
public record Operand(Buffer buffer, DType dtype, Layout layout) {
    /**
     * One that has a buffer of its own.
     *
     * @param elements of the buffer, gaps between those of the tensor included
     * @throws UnsupportedConvException if it, or its buffer, has 2^31 elements or more: the kernels count
     *     with int, since 64-bit addresses cost a GPU twice the instructions
     */
    public static Operand of(String name, DType dtype, Layout layout, long elements) throws UnsupportedConvException {
        requireInt(name, Math.max(elements, layout.size()));
        return new Operand(Buffer.scratch(name, elements), dtype, layout);
    }

    /** @throws UnsupportedConvException if that many elements cannot be counted with an int */
    static void requireInt(String name, double elements) throws UnsupportedConvException {
        requireInt(name, elements, "the kernels");
    }

    /**
     * @param who for people, what counts them: {@code the kernels}
     * @throws UnsupportedConvException if that many elements cannot be counted with an int
     */
    public static void requireInt(String name, double elements, String who) throws UnsupportedConvException {
        if (elements > Integer.MAX_VALUE) {
            throw new UnsupportedConvException("%s takes %.0f elements, and %s count with 32 bits, up to %d".formatted(
                    name, elements, who, Integer.MAX_VALUE));
        }
    }
}
