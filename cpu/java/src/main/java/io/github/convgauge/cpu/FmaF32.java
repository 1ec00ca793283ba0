package io.github.convgauge.cpu;

import jdk.incubator.vector.FloatVector;
import jdk.incubator.vector.VectorOperators;
import jdk.incubator.vector.VectorSpecies;

/** Fused multiply-adds in registers and nothing else, in f32. The twin of {@link FmaF64}. */
final class FmaF32 {
    /** A constant, because the JIT compiler only then knows the vectors' length. */
    private static final VectorSpecies<Float> SPECIES = FloatVector.SPECIES_PREFERRED;

    /**
     * Independent sums. A multiply-add takes 4 cycles and a core starts 2 in each, so that 8 must be
     * under way; 5 cycles (older Intel cores) need 10. With two operands, 12 fit into 16 registers.
     */
    private static final int SUMS = 12;

    private FmaF32() {}

    /** Floating-point operations of one step: a multiplication and an addition in each lane of each sum. */
    static int flopsPerStep() {
        return 2 * SUMS * SPECIES.length();
    }

    /**
     * The sums after so many steps of s ← s·factor + term. They tend to term / (1 − factor), so they
     * never become infinite or denormal, which would take another time.
     */
    static float steps(int steps, float start, float factor, float term) {
        FloatVector f = FloatVector.broadcast(SPECIES, factor);
        FloatVector t = FloatVector.broadcast(SPECIES, term);
        FloatVector s0 = FloatVector.broadcast(SPECIES, start);
        FloatVector s1 = FloatVector.broadcast(SPECIES, start + 1);
        FloatVector s2 = FloatVector.broadcast(SPECIES, start + 2);
        FloatVector s3 = FloatVector.broadcast(SPECIES, start + 3);
        FloatVector s4 = FloatVector.broadcast(SPECIES, start + 4);
        FloatVector s5 = FloatVector.broadcast(SPECIES, start + 5);
        FloatVector s6 = FloatVector.broadcast(SPECIES, start + 6);
        FloatVector s7 = FloatVector.broadcast(SPECIES, start + 7);
        FloatVector s8 = FloatVector.broadcast(SPECIES, start + 8);
        FloatVector s9 = FloatVector.broadcast(SPECIES, start + 9);
        FloatVector s10 = FloatVector.broadcast(SPECIES, start + 10);
        FloatVector s11 = FloatVector.broadcast(SPECIES, start + 11);
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
