package io.github.convgauge.cpu.winograd;

import io.github.convgauge.tensor.DType;

/** The {@link Product} that a faster one must agree with: one element after the other. */
public abstract sealed class PlainProduct implements Product permits PlainProductF32, PlainProductF64 {
    /** A cache line of f32 and two of f64; any would do. */
    private static final int PANEL = 16;

    private final int depth;

    PlainProduct(int depth) {
        this.depth = depth;
    }

    /** A {@link Product.Maker}. */
    public static Product of(DType dtype, int depth, int columns) {
        return dtype == DType.F64 ? new PlainProductF64(depth) : new PlainProductF32(depth);
    }

    final int depth() {
        return depth;
    }

    @Override
    public final int panel() {
        return PANEL;
    }

    @Override
    public final int rows() {
        return 1;
    }
}
