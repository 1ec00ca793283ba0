package io.github.convgauge.cli.run;

import io.github.convgauge.conv.ConvProblem;
import io.github.convgauge.tensor.DType;
import io.github.convgauge.worker.BackendFolder;
import io.github.convgauge.worker.DataSource;
import java.time.Duration;
import java.util.List;
import java.util.Set;
import java.util.regex.Pattern;

/**
 * What {@code tune} is to do, checked and complete.
 *
 * @param algorithm rows whose algorithm's name it is found in
 * @param algorithmAsked whether the user named algorithms, so that one that cannot be run is a failure
 * @param backends those to search, in the order of the table
 * @param askedBackends names that the user gave: one of these that is not there is a failure
 * @param allBackends every backend that is laid out; one of the others may lend its peak loop
 * @param budget time for the whole search
 * @param again whether rows are searched that the cache knows already
 */
record TunePlan(
        List<ConvProblem> problems,
        List<DType> dtypes,
        Pattern algorithm,
        boolean algorithmAsked,
        DeviceFilter devices,
        List<BackendFolder> backends,
        Set<String> askedBackends,
        List<BackendFolder> allBackends,
        DataSource data,
        Duration budget,
        boolean again) {}
