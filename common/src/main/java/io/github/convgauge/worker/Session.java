package io.github.convgauge.worker;

import io.github.convgauge.backend.Algorithm;
import io.github.convgauge.backend.Backend;
import io.github.convgauge.backend.BackendUnavailableException;
import io.github.convgauge.backend.ConvSpec;
import io.github.convgauge.backend.CopyLoop;
import io.github.convgauge.backend.FellBackException;
import io.github.convgauge.backend.Grouping;
import io.github.convgauge.backend.PeakLoop;
import io.github.convgauge.backend.Output;
import io.github.convgauge.backend.Regime;
import io.github.convgauge.backend.UnsupportedConvException;
import io.github.convgauge.backend.Workload;
import io.github.convgauge.check.Operands;
import io.github.convgauge.conv.ConvProblem;
import io.github.convgauge.measure.Bandwidth;
import io.github.convgauge.measure.CacheEvictor;
import io.github.convgauge.measure.Environment;
import io.github.convgauge.measure.Slice;
import io.github.convgauge.measure.SliceSpec;
import io.github.convgauge.measure.WarmUp;
import io.github.convgauge.tensor.DType;
import java.io.IOException;
import java.lang.management.ManagementFactory;
import java.util.HashMap;
import java.util.Map;
import java.util.Optional;

/** The state of a worker between requests: its backend, its rows and their operands. */
final class Session {
    private final Backend backend;
    private final Map<Integer, CheckedRow> rows = new HashMap<>();
    private final Map<Integer, PeakLoop> peaks = new HashMap<>();
    private final Map<Integer, CheckedMany> manies = new HashMap<>();
    private final Map<OperandsKey, Operands> operands = new HashMap<>();
    private final Map<Integer, CacheEvictor> evictors = new HashMap<>();

    private record OperandsKey(ConvProblem problem, DType dtype, DataSource data) {}

    Session(Backend backend) {
        this.backend = backend;
    }

    /** Never throws: what goes wrong in a backend is an answer too. */
    Reply answer(Request request) {
        try {
            return switch (request) {
                case Request.Hello hello -> hello();
                case Request.Variants asked -> new Reply.Variants(backend.variants(new ConvSpec(
                        ConvProblem.parse(asked.problem()), DType.ofLabel(asked.dtype()), asked.device(), asked.algorithm(),
                        Regime.ofLabel(asked.regime()), Output.ofLabel(asked.output()), asked.threads())));
                case Request.Open open -> open(open);
                case Request.OpenPeak open -> openPeak(open);
                case Request.Copy copy -> copy(copy);
                case Request.OpenMany open -> openMany(open);
                case Request.CheckMany check -> manies.get(check.row()).check(check);
                case Request.Check check -> rows.get(check.row()).check(check);
                case Request.Warm warm -> warm(warm);
                case Request.Sample sample -> sample(sample);
                case Request.Verify verify -> new Reply.Verified(rows.get(verify.row()).givesTheSameAgain());
                case Request.Profile profile -> new Reply.Profiled(Stages.medians(rows.get(profile.row()).conv()));
                case Request.Kernels kernels -> new Reply.Kernels(rows.get(kernels.row()).conv().kernels());
                case Request.Release release -> release(release);
            };
        } catch (UnsupportedConvException e) {
            return new Reply.Unsupported(e.getMessage());
        } catch (FellBackException e) {
            e.printStackTrace(); // into the worker's log
            return new Reply.FellBack(e.getMessage());
        } catch (BackendUnavailableException e) {
            return new Reply.Unavailable(e.getMessage(), e.mend());
        } catch (Exception | LinkageError | OutOfMemoryError | StackOverflowError | AssertionError e) {
            e.printStackTrace(); // into the worker's log
            return new Reply.Broke(e.toString());
        }
    }

    private Reply hello() throws BackendUnavailableException {
        backend.start();
        return new Reply.Welcome(
                backend.name(),
                backend.versions(),
                backend.devices().stream().map(d -> new Reply.DeviceInfo(d.id(), d.hardware(), d.name(), d.facts())).toList(),
                backend.algorithms().stream()
                        .map(a -> new Reply.AlgorithmInfo(
                                a.name(), a.description(), a.regimes().stream().map(Regime::label).toList(),
                                a.outputs().stream().map(Output::label).toList(), a.exactOnIntegers(),
                                a.kernelsOf().orElse(null), a.madeFor().orElse(null)))
                        .toList(),
                ManagementFactory.getRuntimeMXBean().getInputArguments());
    }

    private Reply open(Request.Open open) throws UnsupportedConvException, IOException {
        ConvProblem problem = ConvProblem.parse(open.problem());
        DType dtype = DType.ofLabel(open.dtype());
        Algorithm algorithm = algorithm(open.algorithm());
        ConvSpec spec = new ConvSpec(
                problem, dtype, open.device(), open.algorithm(), Regime.ofLabel(open.regime()),
                Output.ofLabel(open.output()), open.threads(), open.variant());
        // One problem and dtype at a time: large operands of the one before are let go.
        OperandsKey key = new OperandsKey(problem, dtype, open.data());
        if (!operands.containsKey(key)) {
            operands.clear();
            System.gc(); // frees tensors, whose size the collector does not see
            operands.put(key, open.data().operands(problem, dtype));
        }
        Operands data = operands.get(key);
        long start = System.nanoTime();
        CheckedRow row = new CheckedRow(backend, spec, algorithm, open.data(), data);
        long prepareNanos = System.nanoTime() - start;
        rows.put(open.row(), row);
        return new Reply.Opened(prepareNanos);
    }

    private Algorithm algorithm(String name) throws UnsupportedConvException {
        return backend.algorithms().stream()
                .filter(a -> a.name().equals(name))
                .findFirst()
                .orElseThrow(() -> new UnsupportedConvException("there is no algorithm '" + name + "'"));
    }

    private Reply openMany(Request.OpenMany open) throws UnsupportedConvException {
        ConvSpec spec = new ConvSpec(
                ConvProblem.parse(open.problem()), DType.ofLabel(open.dtype()), open.device(), open.algorithm(),
                Regime.RESIDENT, Output.REUSED, 1);
        long start = System.nanoTime();
        manies.put(open.row(), new CheckedMany(
                backend, spec, algorithm(open.algorithm()), open.count(), Grouping.ofLabel(open.grouping()), open.seed()));
        return new Reply.Opened(System.nanoTime() - start);
    }

    private Reply openPeak(Request.OpenPeak open) {
        Optional<PeakLoop> peak = backend.peak(open.device(), DType.ofLabel(open.dtype()), open.threads());
        peak.ifPresent(loop -> peaks.put(open.row(), loop));
        return new Reply.PeakOpened(peak.map(PeakLoop::flops).orElse(0.0));
    }

    private Reply copy(Request.Copy request) {
        Optional<Long> arrayBytes = Bandwidth.arrayBytes(Environment.capture());
        Optional<CopyLoop> copy = arrayBytes.flatMap(bytes -> backend.copy(request.device(), bytes, request.threads()));
        if (copy.isEmpty()) {
            return new Reply.Copied(0);
        }
        // The memory goes back before the rows are timed.
        try (CopyLoop loop = copy.get()) {
            return new Reply.Copied(Bandwidth.gbytesPerSecond(loop, 0));
        }
    }

    private Workload workload(int row) {
        if (manies.containsKey(row)) {
            return manies.get(row).many();
        }
        return rows.containsKey(row) ? rows.get(row).conv() : peaks.get(row);
    }

    private Reply warm(Request.Warm warm) {
        WarmUp.Result result = WarmUp.run(workload(warm.row()), warm.capNanos());
        return new Reply.Warmed(result.settled(), result.executions());
    }

    private Reply sample(Request.Sample sample) {
        SliceSpec spec = new SliceSpec(sample.minNanos(), sample.minSamples(), sample.rewarmNanos());
        Slice slice = Slice.take(workload(sample.row()), spec, evictor(sample));
        return new Reply.Sampled(slice.nanos(), slice.block(), slice.cpuNanos(), slice.wallNanos());
    }

    private Optional<CacheEvictor> evictor(Request.Sample sample) {
        if (!sample.cold()) {
            return Optional.empty();
        }
        int threads = rows.get(sample.row()).threads();
        return Optional.of(evictors.computeIfAbsent(
                threads, count -> CacheEvictor.forMachine(Environment.capture(), count)));
    }

    private Reply release(Request.Release release) {
        CheckedRow row = rows.remove(release.row());
        if (row != null) {
            row.conv().close();
        }
        CheckedMany many = manies.remove(release.row());
        if (many != null) {
            many.many().close();
        }
        PeakLoop peak = peaks.remove(release.row());
        if (peak != null) {
            peak.close();
        }
        return new Reply.Released();
    }
}
