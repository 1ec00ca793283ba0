package io.github.convgauge.cli;

import io.github.convgauge.conv.ConvProblem;
import io.github.convgauge.tensor.DType;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import picocli.CommandLine.Command;
import picocli.CommandLine.ITypeConverter;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.ParameterException;
import picocli.CommandLine.Spec;
import picocli.CommandLine.TypeConversionException;

/** The command {@code explain im2col}: reads the sizes, refuses those that mean nothing. */
@Command(
        name = "im2col",
        description = {
            "Takes im2col apart on a small array: the strided view, the memory behind it, the copy, the matrix, the product.",
            "Prints what NumPy prints."
        })
final class ExplainIm2colCommand implements Runnable {
    @Spec
    private CommandSpec spec;

    @Option(names = {"-h", "--help"}, usageHelp = true, description = "Shows this help.")
    private boolean help;

    @Option(
            names = "--size",
            paramLabel = "HxW",
            defaultValue = "5x5",
            converter = PairConverter.class,
            description = "Size of the array (default: ${DEFAULT-VALUE}); one number stands for both.")
    private Pair size;

    @Option(
            names = "--kernel",
            paramLabel = "HxW",
            defaultValue = "3",
            converter = PairConverter.class,
            description = "Size of the kernel (default: ${DEFAULT-VALUE}).")
    private Pair kernel;

    @Option(
            names = "--stride",
            paramLabel = "HxW",
            defaultValue = "1",
            converter = PairConverter.class,
            description = "Steps from one window to the next (default: ${DEFAULT-VALUE}).")
    private Pair stride;

    @Option(
            names = "--dilation",
            paramLabel = "HxW",
            defaultValue = "0",
            converter = PairConverter.class,
            description = "Gaps between the taps of a window (default: ${DEFAULT-VALUE}, dense).")
    private Pair dilation;

    @Override
    public void run() {
        positive("--size", size);
        positive("--kernel", kernel);
        positive("--stride", stride);
        fits("high", size.h, kernel.h, dilation.h);
        fits("wide", size.w, kernel.w, dilation.w);
        ConvProblem problem;
        try {
            problem = ConvProblem.parse("ic1ih%diw%doc1kh%dkw%dsh%dsw%ddh%ddw%d".formatted(
                    size.h, size.w, kernel.h, kernel.w, stride.h, stride.w, dilation.h, dilation.w));
        } catch (IllegalArgumentException e) {
            throw new ParameterException(spec.commandLine(), e.getMessage(), e);
        }
        fitsMemory(problem);
        new Im2colExploration(spec.commandLine().getOut(), problem).print();
        spec.commandLine().getOut().flush();
    }

    private void positive(String option, Pair pair) {
        if (pair.h == 0 || pair.w == 0) {
            throw new ParameterException(
                    spec.commandLine(), "%s is %s; both numbers must be positive".formatted(option, pair));
        }
    }

    private void fits(String direction, long array, long taps, long gaps) {
        long extent = (taps - 1) * (gaps + 1) + 1;
        if (extent > array) {
            throw new ParameterException(spec.commandLine(),
                    "the kernel %s%s is larger than the array %s: %d %s, not %d".formatted(
                            kernel, gaps > 0 ? " with gaps of " + dilation : "", size, extent, direction, array));
        }
    }

    /** All of it is small or pointless; but it must not end in an OutOfMemoryError. */
    private void fitsMemory(ConvProblem p) {
        long elements = (long) p.ih() * p.iw();
        if (elements > Integer.MAX_VALUE) {
            throw new ParameterException(spec.commandLine(),
                    "--size %s holds %d numbers, but i32 counts to %d only".formatted(size, elements, Integer.MAX_VALUE));
        }
        // The array, and the windows twice: as the contiguous copy and as the reshaped one.
        double bytes = (elements + 2.0 * p.oh() * p.ow() * p.terms()) * DType.I32.bytes();
        long memory = Runtime.getRuntime().maxMemory();
        if (bytes > memory) {
            throw new ParameterException(spec.commandLine(),
                    "the windows of kernel %s over %s take %.0f bytes, more than the %d that there are"
                            .formatted(kernel, size, bytes, memory));
        }
    }

    /** Two numbers, vertical and horizontal. */
    record Pair(int h, int w) {
        @Override
        public String toString() {
            return h + "x" + w;
        }
    }

    static final class PairConverter implements ITypeConverter<Pair> {
        private static final Pattern PAIR = Pattern.compile("(\\d+)(?:x(\\d+))?");

        @Override
        public Pair convert(String text) {
            Matcher matcher = PAIR.matcher(text);
            try {
                if (matcher.matches()) {
                    int h = Integer.parseInt(matcher.group(1));
                    return new Pair(h, matcher.group(2) == null ? h : Integer.parseInt(matcher.group(2)));
                }
            } catch (NumberFormatException e) {
                throw new TypeConversionException(
                        "'%s' has a number above %d".formatted(text, Integer.MAX_VALUE));
            }
            throw new TypeConversionException("'%s' is neither a number nor two such as 5x7".formatted(text));
        }
    }
}
