package io.github.convgauge.jmh;

/** A fast kernel that is wrong is not fast. */
final class Answers {
    private Answers() {}

    /** @throws IllegalStateException if an element is wrong */
    static void requireRight(long wrong, String... what) {
        if (wrong > 0) {
            throw new IllegalStateException("%s has %d wrong outputs".formatted(String.join(" ", what), wrong));
        }
    }
}
