package io.github.convgauge.check;

import io.github.convgauge.backend.ErrorLaw;
import io.github.convgauge.conv.ConvProblem;
import io.github.convgauge.tensor.DType;
import io.github.convgauge.tensor.Layout;
import io.github.convgauge.tensor.Tensor;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/** Holds outputs of one problem and dtype against references. */
public final class Checker {
    private static final int SHOWN = 10;
    /** Quiet NaNs with a payload that no arithmetic makes from numbers: they mark what was not written. */
    private static final int UNWRITTEN_F32 = 0x7fc0_c0de;
    private static final long UNWRITTEN_F64 = 0x7ff8_c0de_c0de_c0deL;

    private final ConvProblem problem;
    private final DType dtype;
    private final ErrorLaw law;
    private final boolean[] rowSeesInput;
    private final boolean[] columnSeesInput;

    /** @param ownLaw the algorithm's own error law, where it does not simply sum */
    public Checker(ConvProblem problem, DType dtype, Optional<ErrorLaw> ownLaw) {
        if (!dtype.isFloating()) {
            throw new IllegalArgumentException("there is no error bound for " + dtype.label());
        }
        this.problem = problem;
        this.dtype = dtype;
        this.law = ownLaw.orElse(ErrorBound.SUMMATION);
        rowSeesInput = seesInput(problem.oh(), problem.sh(), problem.kh(), problem.dh(), problem.padTop(), problem.ih());
        columnSeesInput = seesInput(problem.ow(), problem.sw(), problem.kw(), problem.dw(), problem.padLeft(), problem.iw());
    }

    /** Fills every element of a tensor with the mark that tells it was not written. */
    public static void markUnwritten(Tensor y) {
        MemorySegment storage = y.storage();
        long count = storage.byteSize() / y.dtype().bytes();
        for (long i = 0; i < count; i++) {
            if (y.dtype() == DType.F32) {
                storage.setAtIndex(ValueLayout.JAVA_INT, i, UNWRITTEN_F32);
            } else {
                storage.setAtIndex(ValueLayout.JAVA_LONG, i, UNWRITTEN_F64);
            }
        }
    }

    /** Exact tier: integer operands, so every output must equal its reference. */
    public Comparison compareExactly(Operands operands, Tensor y, Reference reference) {
        return compare(operands, y, reference, true);
    }

    /** Bound tier: every output must be within its error bound. */
    public Comparison compareWithinBound(Operands operands, Tensor y, Reference reference) {
        return compare(operands, y, reference, false);
    }

    private Comparison compare(Operands operands, Tensor y, Reference reference, boolean exact) {
        // Only laws that hold norm-wise look at it.
        double scale = law == ErrorBound.SUMMATION ? 0 : scale(operands);
        ErrorBound errorBound = new ErrorBound(law, dtype, problem.terms(), scale);
        Layout layout = y.layout();
        long wrong = 0;
        long unwritten = 0;
        long zeros = 0;
        long seeing = 0;
        long unbounded = 0;
        double largest = dtype == DType.F32 ? Float.MAX_VALUE : Double.MAX_VALUE;
        double maxRatio = 0;
        double maxUlp = 0;
        double squares = 0;
        double expectedSquares = 0;
        List<Mismatch> firstWrong = new ArrayList<>();
        long output = 0;
        for (int n = 0; n < problem.mb(); n++) {
            for (int h = 0; h < problem.oh(); h++) {
                for (int w = 0; w < problem.ow(); w++) {
                    boolean sees = rowSeesInput[h] && columnSeesInput[w];
                    long place = layout.offset() + n * layout.stride(0) + h * layout.stride(1) + w * layout.stride(2);
                    for (int c = 0; c < problem.oc(); c++, output++, place += layout.stride(3)) {
                        double expected = reference.y(output);
                        double got = at(y.storage(), place);
                        boolean written = isWritten(y.storage(), place);
                        double bound = errorBound.of(expected, reference.absSum(output));
                        double error = Math.abs(got - expected);
                        double ratio = error == 0 ? 0 : error / bound;
                        seeing += sees ? 1 : 0;
                        zeros += sees && (expected == 0 || drowns(bound, reference.absSum(output))) ? 1 : 0;
                        unwritten += written ? 0 : 1;
                        squares += error * error;
                        expectedSquares += expected * expected;
                        maxUlp = Math.max(maxUlp, error / ulp(expected));
                        // Negated, so that NaN has none.
                        if (!exact && !(bound < largest && reference.absSum(output) <= largest)) {
                            unbounded++;
                            continue;
                        }
                        maxRatio = Math.max(maxRatio, ratio);
                        // NaN is not right.
                        boolean right = exact ? got == expected : ratio <= 1;
                        if (!right) {
                            wrong++;
                            if (firstWrong.size() < SHOWN) {
                                firstWrong.add(new Mismatch(n, h, w, c, expected, got, exact ? 0 : bound, written));
                            }
                        }
                    }
                }
            }
        }
        double l2 = Math.sqrt(squares);
        return new Comparison(
                wrong, List.copyOf(firstWrong), unwritten, maxRatio, l2,
                l2 == 0 ? 0 : l2 / Math.sqrt(expectedSquares), maxUlp,
                seeing == 0 ? 1 : (double) zeros / seeing, unbounded);
    }

    /** Whether even an answer of 0 would be within the bound: products so small that a device may flush them. */
    private static boolean drowns(double bound, double absSum) {
        return absSum > 0 && bound >= absSum;
    }

    private double at(MemorySegment storage, long place) {
        return dtype == DType.F32
                ? storage.getAtIndex(ValueLayout.JAVA_FLOAT, place)
                : storage.getAtIndex(ValueLayout.JAVA_DOUBLE, place);
    }

    private boolean isWritten(MemorySegment storage, long place) {
        return dtype == DType.F32
                ? storage.getAtIndex(ValueLayout.JAVA_INT, place) != UNWRITTEN_F32
                : storage.getAtIndex(ValueLayout.JAVA_LONG, place) != UNWRITTEN_F64;
    }

    private double ulp(double value) {
        return dtype == DType.F32 ? Math.ulp((float) value) : Math.ulp(value);
    }

    /**
     * kh·kw times the largest Euclidean norm of an input pixel's channels of one group times that of a
     * tap's weights of one output channel: by Cauchy and Schwarz no Σ|x||w| over the channels of any pixel
     * and any tap is larger than the two norms together.
     */
    private double scale(Operands operands) {
        int channels = problem.groupIc();
        double largestPixel = largestNorm(operands.x().toDoubles(), channels, 1);
        double largestTap = largestNorm(operands.w().toDoubles(), channels, problem.oc());
        return (double) problem.kh() * problem.kw() * largestPixel * largestTap;
    }

    /** Of lines of so many values, which lie so many apart; lines whose values are no neighbours lie side by side. */
    private static double largestNorm(double[] values, int length, int step) {
        double largest = 0;
        for (int block = 0; block < values.length; block += length * step) {
            for (int line = 0; line < step; line++) {
                double squares = 0;
                for (int i = 0; i < length; i++) {
                    double value = values[block + line + i * step];
                    squares += value * value;
                }
                largest = Math.max(largest, squares);
            }
        }
        return Math.sqrt(largest);
    }

    /** Which outputs of one dimension have a tap inside the input. */
    private static boolean[] seesInput(int out, int stride, int kernel, int gaps, int padBefore, int in) {
        boolean[] sees = new boolean[out];
        for (int o = 0; o < out; o++) {
            for (int k = 0; k < kernel && !sees[o]; k++) {
                long i = (long) o * stride + (long) k * (gaps + 1L) - padBefore;
                sees[o] = i >= 0 && i < in;
            }
        }
        return sees;
    }
}
