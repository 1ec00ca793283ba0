package io.github.convgauge.jmh;

import io.github.convgauge.check.Reference;
import io.github.convgauge.conv.ConvProblem;
import io.github.convgauge.cpu.winograd.Winograd;
import io.github.convgauge.tensor.DType;
import java.util.Arrays;
import java.util.Locale;
import java.util.Optional;
import java.util.stream.Collectors;

/**
 * What is measured, on one thread: a convolution kernel, a copy of a convolution's tensors, or its matrix product alone.
 *
 * @param algorithm of the cpu backend; {@code copy-nhwc}, {@code copy-nchw} or {@code copy-im2col}; or {@code gemm}
 * @param dtype f32 or f64
 */
record Subject(String algorithm, DType dtype, ConvProblem problem) {
    private static final String COPY = "copy-";
    private static final String GEMM = "gemm";
    /** The heap of a fork, and what the JVM takes beside it. */
    private static final double JVM_BYTES = 1.5 * (1L << 30);

    /** What {@code --benchmark} chooses from. */
    enum Kind {
        KERNEL, COPY, GEMM;

        String label() {
            return name().toLowerCase(Locale.ROOT);
        }

        static Kind ofLabel(String label) {
            return Arrays.stream(values()).filter(kind -> kind.label().equals(label)).findFirst()
                    .orElseThrow(() -> new IllegalArgumentException("unknown benchmark '%s'; there are %s".formatted(
                            label, Arrays.stream(values()).map(Kind::label).collect(Collectors.joining(", ")))));
        }
    }

    static Subject copy(CopyRun.Pattern pattern, DType dtype, ConvProblem problem) {
        return new Subject(COPY + pattern.label(), dtype, problem);
    }

    static Subject gemm(DType dtype, ConvProblem problem) {
        return new Subject(GEMM, dtype, problem);
    }

    Kind kind() {
        return algorithm.equals(GEMM) ? Kind.GEMM : algorithm.startsWith(COPY) ? Kind.COPY : Kind.KERNEL;
    }

    /** {@code direct f32 r2-3}: what a regular expression on the command line is matched with. */
    String name() {
        return family() + " " + dtype.label() + " " + problemName();
    }

    /** Of a problem without a name, all of it. */
    String problemName() {
        return problem.name().isEmpty() ? problem.toString() : problem.name();
    }

    /** The algorithm, but for depthwise convolutions, of which the direct algorithm has kernels of their own. */
    String family() {
        boolean depthwise = problem.g() > 1 && problem.g() == problem.ic();
        return depthwise && algorithm.equals("direct") ? "depthwise" : algorithm;
    }

    /** Whether the other is the same work; how a problem is called, and how often a net has it, is none. */
    boolean isLike(Subject other) {
        return algorithm.equals(other.algorithm) && dtype == other.dtype && shape(problem).equals(shape(other.problem));
    }

    /** A problem without its name. */
    static String shape(ConvProblem problem) {
        return problem.toString().replaceFirst("_n\".*", "");
    }

    /** @throws IllegalArgumentException if this is no copy */
    CopyRun.Pattern pattern() {
        return CopyRun.Pattern.ofLabel(algorithm.substring(COPY.length()));
    }

    /** Floating-point operations of one execution, or bytes that it reads and writes. */
    double amount() {
        return switch (kind()) {
            case KERNEL -> problem.flops();
            case COPY -> pattern().bytes(problem, dtype);
            case GEMM -> GemmRun.flops(problem);
        };
    }

    /** What its rate is divided by. */
    Yardstick yardstick() {
        return kind() == Kind.COPY ? new Yardstick.PlainCopy(pattern().arrayBytes(problem, dtype)) : new Yardstick.Peak(dtype);
    }

    /**
     * Why it cannot be measured, without a full stop; empty if it can.
     *
     * @param memory the machine's, in bytes
     */
    Optional<String> refusal(long memory) {
        if (kind() == Kind.COPY && pattern().refusal(problem).isPresent()) {
            return pattern().refusal(problem);
        }
        boolean winograd = Arrays.stream(Winograd.values()).anyMatch(variant -> variant.label().equals(algorithm));
        if (winograd && Winograd.refusal(problem).isPresent()) {
            return Winograd.refusal(problem);
        }
        if (kind() != Kind.COPY && problem.terms() * dtype.unitRoundoff() >= 1) {
            return Optional.of("it sums %d products, for which there is no error bound in %s".formatted(problem.terms(), dtype.label()));
        }
        double needed = bytesNeeded();
        return needed <= memory ? Optional.empty() : Optional.of(String.format(
                Locale.ROOT, "it needs %.1f GiB of memory, and this machine has %.1f GiB", needed / (1L << 30), (double) memory / (1L << 30)));
    }

    /** Of a fork, its tensors, a column matrix, the reference and what is converted to fp64 for that. */
    private double bytesNeeded() {
        double columns = (double) problem.mb() * problem.oh() * problem.ow() * problem.terms();
        double tensors = problem.bytes(dtype);
        return JVM_BYTES + switch (kind()) {
            // The transforms of Winograd take up to 36/16 of x and y, and 36/9 of w.
            case KERNEL -> (algorithm.startsWith("winograd") ? 5 * tensors : 2 * tensors) + problem.bytes(DType.F64) + Reference.bytes(problem)
                    + (algorithm.startsWith("im2col") ? columns * dtype.bytes() : 0);
            case COPY -> 2 * tensors + 2.0 * pattern().arrayBytes(problem, dtype);
            case GEMM -> columns * (dtype.bytes() + DType.F64.bytes()) + 2 * tensors + problem.bytes(DType.F64) + Reference.bytes(problem);
        };
    }
}
