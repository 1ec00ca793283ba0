package io.github.convgauge.cli.run;

import io.github.convgauge.backend.Output;
import io.github.convgauge.backend.Regime;
import io.github.convgauge.conv.ConvProblem;
import io.github.convgauge.tensor.DType;
import io.github.convgauge.worker.BackendFolder;
import io.github.convgauge.worker.DataSource;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.regex.Pattern;

/**
 * What a run is to do, checked and complete.
 *
 * @param algorithm rows whose algorithm's name it is found in
 * @param algorithmAsked whether the user named algorithms, so that one that cannot be run is a failure
 * @param regimes those to time; all where it is empty
 * @param devices those to run on
 * @param backends those to run, in the order of the table
 * @param askedBackends names that the user gave: one of these that is not there is a failure
 * @param allBackends every backend that is laid out; one of the others may lend its peak loop
 * @param outputs those to time; all where it is empty, and the first of each algorithm in a quick run
 * @param order how saved arrays order their dimensions
 * @param budget time for the whole run
 * @param variants which variant each row gets
 * @param save folder to write arrays to
 * @param kernels where device kernels are kept
 */
record Plan(
        List<ConvProblem> problems,
        List<DType> dtypes,
        Pattern algorithm,
        boolean algorithmAsked,
        List<Regime> regimes,
        List<Output> outputs,
        DeviceFilter devices,
        List<BackendFolder> backends,
        Set<String> askedBackends,
        List<BackendFolder> allBackends,
        List<Integer> threads,
        List<CacheState> caches,
        DataSource data,
        boolean quick,
        boolean checkOnly,
        Optional<Duration> budget,
        VariantChoice variants,
        Path json,
        Optional<Path> save,
        Optional<KeptKernels> kernels) {

    /**
     * Whether a regime is to be timed. Each regime of a device costs a compilation, so a quick run has
     * only the first that people ask about.
     *
     * @param available all regimes of an algorithm
     */
    boolean takes(String regime, List<String> available, boolean onHost) {
        if (!regimes.isEmpty()) {
            return regimes.stream().anyMatch(asked -> asked.label().equals(regime));
        }
        String resident = Regime.RESIDENT.label();
        return !quick || onHost || regime.equals(resident) || !available.contains(resident);
    }

    /**
     * Whether results in such memory are to be timed.
     *
     * @param available all that the algorithm has
     */
    boolean takesOutput(String output, List<String> available) {
        if (!outputs.isEmpty()) {
            return outputs.stream().anyMatch(asked -> asked.label().equals(output));
        }
        return !quick || output.equals(available.getFirst());
    }

    /** Where a problem of this plan stands in it; one that is given twice is two. */
    int index(ConvProblem problem) {
        for (int i = 0; i < problems.size(); i++) {
            if (problems.get(i) == problem) {
                return i;
            }
        }
        throw new IllegalArgumentException("not in this plan: " + problem);
    }
}
