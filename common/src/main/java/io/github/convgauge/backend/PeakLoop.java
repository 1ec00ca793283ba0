package io.github.convgauge.backend;

/** A loop that does nothing but fused multiply-adds in registers: what the device could do at best. */
public interface PeakLoop extends Workload {
    /** Floating-point operations of one {@link #execute}; a fused multiply-add counts two. */
    double flops();
}
