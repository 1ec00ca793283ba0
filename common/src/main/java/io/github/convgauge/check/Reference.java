package io.github.convgauge.check;

import io.github.convgauge.conv.ConvProblem;
import io.github.convgauge.tensor.DType;
import io.github.convgauge.tensor.Tensor;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.util.Arrays;
import java.util.function.BooleanSupplier;
import java.util.stream.LongStream;

/**
 * The truth that answers are held against: y and Σ|x||w| of each output, in fp64, by the definition
 * and nothing else. It shares no code with any implementation under test.
 *
 * <p>For f64 operands a plain sum would be no better than what it judges; y is then summed with the
 * compensated dot product of Ogita, Rump and Oishi (Accurate Sum and Dot Product, SIAM J. Sci.
 * Comput. 26(6), 2005, algorithm Dot2), as if in twice the precision.
 */
public final class Reference {
    private final ConvProblem problem;
    private final MemorySegment memory;

    private Reference(ConvProblem problem, MemorySegment memory) {
        if (memory.byteSize() != bytes(problem)) {
            throw new IllegalArgumentException(
                    "the reference of %s takes %d bytes, not %d".formatted(problem, bytes(problem), memory.byteSize()));
        }
        this.problem = problem;
        this.memory = memory;
    }

    /** The memory that a reference takes: two doubles for each output. */
    public static long bytes(ConvProblem problem) {
        return 2 * Double.BYTES * outputs(problem);
    }

    private static long outputs(ConvProblem p) {
        return (long) p.mb() * p.oh() * p.ow() * p.oc();
    }

    /** A reference that {@link #compute} wrote before, perhaps in another process. */
    public static Reference open(ConvProblem problem, MemorySegment memory) {
        return new Reference(problem, memory);
    }

    /** Computes into the given memory, on all processors. */
    public static Reference compute(ConvProblem problem, Operands operands, MemorySegment memory) {
        return compute(problem, operands, memory, () -> false);
    }

    /**
     * {@link #compute} that can be given up.
     *
     * @param cancelled once it is true the rest is left out, and the reference is none
     */
    public static Reference compute(
            ConvProblem problem, Operands operands, MemorySegment memory, BooleanSupplier cancelled) {
        Reference reference = new Reference(problem, memory);
        boolean compensated = operands.x().dtype() == DType.F64;
        Tensor x = operands.x().convertTo(DType.F64);
        double[] w = operands.w().toDoubles();
        long rows = (long) problem.mb() * problem.oh();
        LongStream.range(0, rows).parallel()
                .filter(row -> !cancelled.getAsBoolean())
                .forEach(row -> reference.computeRow(x, w, row, compensated));
        return reference;
    }

    /** The expected output, in fp64. */
    public double y(long output) {
        return memory.getAtIndex(ValueLayout.JAVA_DOUBLE, output);
    }

    /** Σ|x||w| of that output. */
    public double absSum(long output) {
        return memory.getAtIndex(ValueLayout.JAVA_DOUBLE, outputs(problem) + output);
    }

    /** The share of zeros among the outputs that have a product other than zero. */
    public double zeroShare() {
        long zeros = 0;
        long seeing = 0;
        for (long i = 0; i < outputs(problem); i++) {
            seeing += absSum(i) > 0 ? 1 : 0;
            zeros += absSum(i) > 0 && y(i) == 0 ? 1 : 0;
        }
        return seeing == 0 ? 1 : (double) zeros / seeing;
    }

    /** The seven loops, in an order that keeps the innermost one in contiguous memory. */
    private void computeRow(Tensor x, double[] w, long row, boolean compensated) {
        ConvProblem p = problem;
        int n = (int) (row / p.oh());
        int i = (int) (row % p.oh());
        int groupIc = p.groupIc();
        int groupOc = p.groupOc();
        MemorySegment input = x.storage();
        double[] sum = new double[p.oc()];
        double[] lost = new double[p.oc()];
        double[] absSum = new double[p.oc()];
        for (int j = 0; j < p.ow(); j++) {
            Arrays.fill(sum, 0);
            Arrays.fill(lost, 0);
            Arrays.fill(absSum, 0);
            for (int a = 0; a < p.kh(); a++) {
                long h = (long) i * p.sh() + (long) a * (p.dh() + 1) - p.padTop();
                if (h < 0 || h >= p.ih()) {
                    continue;
                }
                for (int b = 0; b < p.kw(); b++) {
                    long v = (long) j * p.sw() + (long) b * (p.dw() + 1) - p.padLeft();
                    if (v < 0 || v >= p.iw()) {
                        continue;
                    }
                    long pixel = (((long) n * p.ih() + h) * p.iw() + v) * p.ic();
                    for (int g = 0; g < p.g(); g++) {
                        for (int c = 0; c < groupIc; c++) {
                            double value = input.getAtIndex(ValueLayout.JAVA_DOUBLE, pixel + (long) g * groupIc + c);
                            int weights = ((a * p.kw() + b) * groupIc + c) * p.oc();
                            int from = g * groupOc;
                            int to = from + groupOc;
                            if (compensated) {
                                addCompensated(value, w, weights, sum, lost, absSum, from, to);
                            } else {
                                addPlain(value, w, weights, sum, absSum, from, to);
                            }
                        }
                    }
                }
            }
            long output = (row * p.ow() + j) * p.oc();
            for (int o = 0; o < p.oc(); o++) {
                memory.setAtIndex(ValueLayout.JAVA_DOUBLE, output + o, sum[o] + lost[o]);
                memory.setAtIndex(ValueLayout.JAVA_DOUBLE, outputs(p) + output + o, absSum[o]);
            }
        }
    }

    private static void addPlain(double x, double[] w, int weights, double[] sum, double[] absSum, int from, int to) {
        for (int o = from; o < to; o++) {
            double product = x * w[weights + o];
            sum[o] += product;
            absSum[o] += Math.abs(product);
        }
    }

    /** One step of Dot2: the product and the sum each with the part that rounding drops (TwoProduct by FMA, TwoSum). */
    private static void addCompensated(
            double x, double[] w, int weights, double[] sum, double[] lost, double[] absSum, int from, int to) {
        for (int o = from; o < to; o++) {
            double product = x * w[weights + o];
            double productError = Math.fma(x, w[weights + o], -product);
            double total = sum[o] + product;
            double added = total - sum[o];
            double sumError = (sum[o] - (total - added)) + (product - added);
            sum[o] = total;
            lost[o] += productError + sumError;
            absSum[o] += Math.abs(product);
        }
    }
}
