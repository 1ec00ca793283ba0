package io.github.convgauge.jmh;

import com.fasterxml.jackson.databind.ObjectMapper;
import io.github.convgauge.conv.ConvProblem;
import io.github.convgauge.measure.Interval;
import io.github.convgauge.measure.Slice;
import io.github.convgauge.measure.SliceSpec;
import io.github.convgauge.measure.StopRule;
import io.github.convgauge.measure.Summary;
import io.github.convgauge.measure.WarmUp;
import io.github.convgauge.tensor.DType;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/** Times one kernel as a worker of {@code convgauge run} times a row: the first execution, the warm-up, then slices until they are enough. */
public final class SamplerMain {
    private static final long SEED = 42;
    /** Longer than in a run, where a row that never settled is marked as such; here it would decide nothing. */
    private static final long WARM_CAP_NANOS = 4 * WarmUp.STANDARD_CAP_NANOS;

    /** What it writes: the figure with its interval, in nanoseconds, and whether the warm-up settled. */
    record Sampled(Interval time, boolean settled) {}

    private SamplerMain() {}

    /** @param args algorithm, dtype, problem, {@link Figure}, and the file that the result is written to */
    public static void main(String[] args) throws Exception {
        Subject subject = new Subject(args[0], DType.ofLabel(args[1]), ConvProblem.parse(args[2]));
        try (KernelRun run = new KernelRun(subject)) {
            run.execute();
            WarmUp.Result warm = WarmUp.run(run, WARM_CAP_NANOS);
            List<Slice> slices = new ArrayList<>();
            do {
                slices.add(Slice.take(run, SliceSpec.standard(), Optional.empty()));
            } while (!StopRule.standard().enough(slices, SEED));
            Answers.requireRight(run.wrong(), subject.name());
            new ObjectMapper().writeValue(Path.of(args[4]).toFile(), sampled(Figure.ofLabel(args[3]), slices, warm.settled()));
        }
    }

    static Sampled sampled(Figure figure, List<Slice> slices, boolean settled) {
        Summary summary = Summary.of(slices.stream().map(Slice::nanos).toList(), SEED);
        if (figure == Figure.MEDIAN) {
            return new Sampled(new Interval(summary.medianNs(), summary.ci95LowNs(), summary.ci95HighNs()), settled);
        }
        double[] parts = slices.stream().mapToDouble(slice -> figure.of(Summary.of(slice.nanos(), SEED))).toArray();
        return new Sampled(figure.ofParts(figure.of(summary), parts), true);
    }
}
