package io.github.convgauge.backend;

/** Something that can be executed again and again, and timed. */
public interface Workload extends AutoCloseable {
    /**
     * Does all the work once, and returns when it is done.
     *
     * @throws FellBackException if the runtime did something else than was asked
     */
    void execute();

    /** Frees what it holds. */
    @Override
    default void close() {}
}
