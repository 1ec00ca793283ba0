package io.github.convgauge.cli.run;

import io.github.convgauge.backend.Regime;
import io.github.convgauge.conv.ConvProblem;
import io.github.convgauge.tensor.DType;
import io.github.convgauge.worker.BackendFolder;
import io.github.convgauge.worker.DataSource;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.regex.Pattern;

/**
 * What a search for crossovers is to do, checked and complete.
 *
 * @param problem whose batch is replaced; its own is that of the dispatch trial
 * @param backends those to run
 * @param askedBackends names that the user gave: one of these that is not there is a failure
 * @param devices those to compare with the CPU
 * @param algorithm of devices, those whose name it is found in
 * @param algorithmAsked whether the user named algorithms
 * @param regimes of devices
 * @param threads of the CPU
 * @param counts convolutions in one execution of the dispatch trial
 * @param budget time for the whole search
 */
record CrossoverPlan(
        ConvProblem problem,
        List<DType> dtypes,
        List<BackendFolder> backends,
        Set<String> askedBackends,
        DeviceFilter devices,
        Pattern algorithm,
        boolean algorithmAsked,
        List<Regime> regimes,
        int threads,
        int maxBatch,
        List<Integer> counts,
        DataSource data,
        Duration budget,
        Path json) {

    /**
     * The plan of one heat. What it takes of these backends' rows is up to the {@link Extent} beside it.
     *
     * @param quick whether fewer samples will do
     * @param time for this heat
     */
    Plan heat(ConvProblem batch, DType dtype, List<BackendFolder> some, boolean quick, Duration time, String hostName) {
        List<Regime> all = new ArrayList<>(List.of(Regime.EAGER, Regime.PREPARED));
        all.addAll(regimes);
        return new Plan(
                List.of(batch), List.of(dtype), Pattern.compile(""), false, all, List.of(), new DeviceFilter(null, hostName), some,
                Set.of(), some, List.of(threads), List.of(CacheState.HOT), data, quick, false, Optional.of(time),
                // A tuned variant is one of a single batch size, and would win there alone.
                new VariantChoice(Optional.empty(), Optional.empty()), json,
                Optional.empty(), Optional.empty());
    }

    /** Where outputs are not asked for, a run that is not quick takes all; a comparison takes the first that an algorithm has. */
    boolean takesOutput(String output, List<String> available) {
        return output.equals(available.getFirst());
    }
}
