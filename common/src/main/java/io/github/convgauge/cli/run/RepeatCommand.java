package io.github.convgauge.cli.run;

import io.github.convgauge.cli.run.RowFactory.Heat;
import io.github.convgauge.worker.DataSource;
import io.github.convgauge.worker.DimensionOrder;
import io.github.convgauge.worker.Reply;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.regex.Pattern;

/** The command line that repeats one row alone. */
final class RepeatCommand {
    private static final Pattern PLAIN = Pattern.compile("[A-Za-z0-9_./:=+,-]+");
    private static final Pattern REGEX_SPECIAL = Pattern.compile("[.\\\\+*?\\[^\\]$(){}|]");

    private RepeatCommand() {}

    /** One line for a POSIX shell, from the project's folder. */
    static String of(Plan plan, Heat heat, Entrant entrant) {
        List<String> words = new ArrayList<>(List.of("scripts/convgauge", "run"));
        add(words, "--problem", heat.problem().toString());
        add(words, "--dtype", heat.dtype().label());
        add(words, "--backend", entrant.team().backend().name());
        if (entrant.device() != null) {
            deviceRegex(plan, entrant).ifPresent(regex -> add(words, "--device", regex));
            add(words, "--algorithm", exactly(entrant.algorithmName()));
            add(words, "--regime", entrant.regime());
            if (entrant.algorithm().outputs().size() > 1) {
                add(words, "--output", entrant.output());
            }
        } else if (plan.devices().isAsked()) {
            add(words, "--device", plan.devices().toString());
        }
        if (entrant.isOnHost()) {
            add(words, "--threads", Integer.toString(heat.threads()));
        }
        VariantChoice.Choice choice = entrant.choice();
        if (!choice.variant().isEmpty()) {
            add(words, "--variant", choice.variant());
        } else if (choice.source() == VariantChoice.Source.TUNED || (plan.variants().cache().isEmpty() && !entrant.isOnHost())) {
            words.add("--untuned");
        }
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
        if (heat.cache() == CacheState.COLD) {
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

    /** What no other device of its backend is called; nothing for the host where it is the only one. */
    private static Optional<String> deviceRegex(Plan plan, Entrant entrant) {
        List<Reply.DeviceInfo> others = entrant.team().devices().stream()
                .filter(other -> !other.id().equals(entrant.device().id()))
                .toList();
        if (entrant.isOnHost() && others.isEmpty()) {
            return Optional.empty();
        }
        String name = plan.devices().name(entrant.device());
        boolean ambiguous = others.stream().anyMatch(other -> plan.devices().handles(other).contains(name));
        return Optional.of(exactly(ambiguous ? entrant.device().id() : name));
    }

    private static String exactly(String text) {
        return "^" + literally(text) + "$";
    }

    /** A regular expression that means just that text. */
    static String literally(String text) {
        return REGEX_SPECIAL.matcher(text).replaceAll("\\\\$0");
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
