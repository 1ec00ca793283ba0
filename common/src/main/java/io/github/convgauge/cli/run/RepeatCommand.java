package io.github.convgauge.cli.run;

import io.github.convgauge.conv.ConvProblem;
import io.github.convgauge.tensor.DType;
import io.github.convgauge.worker.DataSource;
import io.github.convgauge.worker.DimensionOrder;
import java.util.ArrayList;
import java.util.List;
import java.util.regex.Pattern;

/** The command line that repeats one row alone. */
final class RepeatCommand {
    private static final Pattern PLAIN = Pattern.compile("[A-Za-z0-9_./:=+,-]+");
    private static final Pattern REGEX_SPECIAL = Pattern.compile("[.\\\\+*?\\[^\\]$(){}|]");

    private RepeatCommand() {}

    /**
     * One line for a POSIX shell, from the project's folder.
     *
     * @param algorithm a name, or {@link Entrant#ALL_ALGORITHMS}
     * @param regime null for all
     */
    static String of(
            Plan plan, ConvProblem problem, DType dtype, String backend, String algorithm, String regime,
            int threads, CacheState cache) {
        List<String> words = new ArrayList<>(List.of("scripts/convgauge", "run"));
        add(words, "--problem", problem.toString());
        add(words, "--dtype", dtype.label());
        add(words, "--backend", backend);
        if (!algorithm.equals(Entrant.ALL_ALGORITHMS)) {
            add(words, "--algorithm", "^" + REGEX_SPECIAL.matcher(algorithm).replaceAll("\\\\$0") + "$");
        }
        if (regime != null) {
            add(words, "--regime", regime);
        }
        add(words, "--threads", Integer.toString(threads));
        DataSource data = plan.data();
        add(words, "--seed", Long.toString(data.seed()));
        if (data.xFile() == null) {
            add(words, "--fill", data.fill());
        } else {
            add(words, "--x", data.xFile());
            add(words, "--w", data.wFile());
        }
        if (data.order() == DimensionOrder.NCHW) {
            add(words, "--layout", "nchw");
        }
        if (cache == CacheState.COLD) {
            add(words, "--cache", "cold");
        }
        plan.budget().ifPresent(budget -> add(words, "--time-budget", budget.toMillis() + "ms"));
        if (plan.quick()) {
            words.add("--quick");
        }
        if (plan.checkOnly()) {
            words.add("--check-only");
        }
        return String.join(" ", words);
    }

    private static void add(List<String> words, String option, String value) {
        words.add(option);
        words.add(quote(value));
    }

    /** One word for a POSIX shell. */
    static String quote(String value) {
        return PLAIN.matcher(value).matches() ? value : "'" + value.replace("'", "'\\''") + "'";
    }
}
