package io.github.convgauge.openclc;

/**
 * Device memory that kernels get as an argument: that of x, w or y, or scratch.
 *
 * @param name for people, and unique within a plan: {@code the column matrix}
 * @param zeroed whether it must hold zeros before the first kernel runs
 */
public record Buffer(String name, long elements, boolean zeroed) {
    static Buffer scratch(String name, long elements) {
        return new Buffer(name, elements, false);
    }

    static Buffer zeros(String name, long elements) {
        return new Buffer(name, elements, true);
    }
}
