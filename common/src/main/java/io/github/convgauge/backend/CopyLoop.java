package io.github.convgauge.backend;

/** A copy from one array to another that does nothing else: what the device's memory could do at best. */
public interface CopyLoop extends Workload {
    /** Bytes that one {@link #execute} reads and writes together, each of which counts once (STREAM's Copy). */
    double bytes();
}
