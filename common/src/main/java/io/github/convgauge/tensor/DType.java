package io.github.convgauge.tensor;

import java.util.Locale;

/** The element types of a {@link Tensor}. */
public enum DType {
    /** 32-bit signed integers; NumPy's {@code i4}. */
    I32(4, "i4", false, 31),
    /** IEEE 754 binary32; NumPy's {@code f4}. */
    F32(4, "f4", true, 24),
    /** IEEE 754 binary64; NumPy's {@code f8}. */
    F64(8, "f8", true, 53);

    private final int bytes;
    private final String numpyCode;
    private final boolean floating;
    private final int digits;

    DType(int bytes, String numpyCode, boolean floating, int digits) {
        this.bytes = bytes;
        this.numpyCode = numpyCode;
        this.floating = floating;
        this.digits = digits;
    }

    /** The size of one element in bytes. */
    public int bytes() {
        return bytes;
    }

    /** The two-character code of NumPy's array interface, without the byte order: {@code f4}. */
    public String numpyCode() {
        return numpyCode;
    }

    public boolean isFloating() {
        return floating;
    }

    /** Binary digits of the significand: all integers up to 2^digits in magnitude are exact. */
    public int digits() {
        return digits;
    }

    /** The unit roundoff u = 2^-digits of round-to-nearest, or 0 for integers. */
    public double unitRoundoff() {
        return floating ? Math.scalb(1.0, -digits) : 0;
    }

    /** The smallest positive normal number, or 0 for integers. */
    public double minNormal() {
        return switch (this) {
            case I32 -> 0;
            case F32 -> Float.MIN_NORMAL;
            case F64 -> Double.MIN_NORMAL;
        };
    }

    /** The name that the command line and the result lines use: {@code f32}. */
    public String label() {
        return name().toLowerCase(Locale.ROOT);
    }

    /**
     * The element type of that {@link #label()}.
     *
     * @throws IllegalArgumentException if there is none; the message lists those that there are
     */
    public static DType ofLabel(String label) {
        for (DType type : values()) {
            if (type.label().equals(label)) {
                return type;
            }
        }
        throw new IllegalArgumentException("unknown dtype '" + label + "'; there are i32, f32 and f64");
    }
}
