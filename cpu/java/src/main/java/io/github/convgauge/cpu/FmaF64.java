package io.github.convgauge.cpu;

import jdk.incubator.vector.DoubleVector;
import jdk.incubator.vector.VectorOperators;
import jdk.incubator.vector.VectorSpecies;

/** Fused multiply-adds in registers and nothing else, in f64. The twin of {@link FmaF32}. */
final class FmaF64 {
    /** A constant, because the JIT compiler only then knows the vectors' length. */
    private static final VectorSpecies<Double> SPECIES = DoubleVector.SPECIES_PREFERRED;

    /**
     * Independent sums. A multiply-add takes 4 cycles and a core starts 2 in each, so that 8 must be
     * under way; 5 cycles (older Intel cores) need 10. With two operands, 12 fit into 16 registers.
     */
    private static final int SUMS = 12;

    private FmaF64() {}

    /** Floating-point operations of one step: a multiplication and an addition in each lane of each sum. */
    static int flopsPerStep() {
        return 2 * SUMS * SPECIES.length();
    }

    /**
     * The sums after so many steps of s ← s·factor + term. They tend to term / (1 − factor), so they
     * never become infinite or denormal, which would take another time.
     */
    static double steps(int steps, double start, double factor, double term) {
        DoubleVector f = DoubleVector.broadcast(SPECIES, factor);
        DoubleVector t = DoubleVector.broadcast(SPECIES, term);
        DoubleVector s0 = DoubleVector.broadcast(SPECIES, start);
        DoubleVector s1 = DoubleVector.broadcast(SPECIES, start + 1);
        DoubleVector s2 = DoubleVector.broadcast(SPECIES, start + 2);
        DoubleVector s3 = DoubleVector.broadcast(SPECIES, start + 3);
        DoubleVector s4 = DoubleVector.broadcast(SPECIES, start + 4);
        DoubleVector s5 = DoubleVector.broadcast(SPECIES, start + 5);
        DoubleVector s6 = DoubleVector.broadcast(SPECIES, start + 6);
        DoubleVector s7 = DoubleVector.broadcast(SPECIES, start + 7);
        DoubleVector s8 = DoubleVector.broadcast(SPECIES, start + 8);
        DoubleVector s9 = DoubleVector.broadcast(SPECIES, start + 9);
        DoubleVector s10 = DoubleVector.broadcast(SPECIES, start + 10);
        DoubleVector s11 = DoubleVector.broadcast(SPECIES, start + 11);
        for (int i = 0; i < steps; i++) {
            s0 = s0.fma(f, t);
            s1 = s1.fma(f, t);
            s2 = s2.fma(f, t);
            s3 = s3.fma(f, t);
            s4 = s4.fma(f, t);
            s5 = s5.fma(f, t);
            s6 = s6.fma(f, t);
            s7 = s7.fma(f, t);
            s8 = s8.fma(f, t);
            s9 = s9.fma(f, t);
            s10 = s10.fma(f, t);
            s11 = s11.fma(f, t);
        }
        return s0.add(s1).add(s2).add(s3).add(s4).add(s5)
                .add(s6).add(s7).add(s8).add(s9).add(s10).add(s11)
                .reduceLanes(VectorOperators.ADD);
    }
}
