package io.github.convgauge.cli.run;

import io.github.convgauge.conv.ConvProblem;
import io.github.convgauge.conv.ProblemFile;
import io.github.convgauge.measure.Environment;
import io.github.convgauge.report.Units;
import io.github.convgauge.tensor.DType;
import io.github.convgauge.worker.BackendFolder;
import java.io.IOException;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.function.Supplier;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Collectors;

/** What the values of options mean, in whichever command they stand; an {@link InputException} where they mean nothing. */
final class OptionValues {
    static final String NOTEBOOK = "mb10ih32iw32ic8oc16kh3kw3n\"notebook\"";
    private static final Pattern BUDGET = Pattern.compile("(\\d+(?:\\.\\d+)?)\\s*(ms|s|m|h)?");

    private OptionValues() {}

    static List<String> words(String option, String list) {
        List<String> words = Arrays.stream(list.split(",", -1)).map(String::strip).toList();
        if (words.stream().anyMatch(String::isEmpty)) {
            throw new InputException("%s '%s' has an empty entry".formatted(option, list));
        }
        return words;
    }

    static long number(String option, String text) {
        try {
            return Long.parseLong(text.strip());
        } catch (NumberFormatException e) {
            throw new InputException("%s '%s' is not a whole number".formatted(option, text));
        }
    }

    /** Turns a library's complaint about a value into one to the user. */
    static <T> T asked(Supplier<T> value) {
        try {
            return value.get();
        } catch (IllegalArgumentException e) {
            throw new InputException(e.getMessage());
        }
    }

    static void requireName(String option, Path path) {
        if (path != null && path.toString().isBlank()) {
            throw new InputException(option + " is empty; it takes the name of a file or folder");
        }
    }

    /**
     * Problems on the command line or in a file; the notebook's where there are neither.
     *
     * @param list null for none
     * @param file null for none
     */
    static List<ConvProblem> problems(String list, Path file) {
        if (list != null && file != null) {
            throw new InputException("--problem and --problems exclude each other");
        }
        if (file != null) {
            return read(file);
        }
        List<ConvProblem> parsed = new ArrayList<>();
        for (String text : ProblemFile.split(list == null ? NOTEBOOK : list)) {
            parsed.add(asked(() -> ConvProblem.parse(text)));
        }
        return parsed;
    }

    private static List<ConvProblem> read(Path file) {
        try {
            return ProblemFile.read(file);
        } catch (IllegalArgumentException e) {
            throw new InputException(e.getMessage());
        } catch (IOException e) {
            throw new InputException("cannot read %s: %s".formatted(file, FileTrouble.describe(e)));
        }
    }

    /** Convolutions are run in floating point; i32 is for data files and for explain. */
    static List<DType> dtypes(String list) {
        return words("--dtype", list).stream().map(OptionValues::dtype).distinct().toList();
    }

    private static DType dtype(String label) {
        DType type = Arrays.stream(DType.values())
                .filter(known -> known.label().equals(label))
                .findFirst()
                .orElseThrow(() -> new InputException("unknown dtype '%s'; convolutions are run in f32 and f64".formatted(label)));
        if (!type.isFloating()) {
            throw new InputException("convolutions are run in f32 and f64, not in " + label);
        }
        return type;
    }

    /** @param list null for none in particular */
    static Set<String> backendNames(String list, List<BackendFolder> all) {
        Set<String> asked = list == null ? Set.of() : new LinkedHashSet<>(words("--backend", list));
        Set<String> known = all.stream().map(BackendFolder::name).collect(Collectors.toCollection(LinkedHashSet::new));
        for (String name : asked) {
            if (!known.contains(name)) {
                throw new InputException("unknown backend '%s'; there are %s".formatted(name, String.join(", ", known)));
            }
        }
        if (all.isEmpty()) {
            throw new InputException("no backend is laid out in " + BackendHome.backends());
        }
        return asked;
    }

    /** @param regex null for all algorithms */
    static Pattern algorithms(String regex) {
        return DeviceFilter.regex("--algorithm", regex == null ? "" : regex);
    }

    /** @param text null for none */
    static Optional<Duration> budget(String text) {
        if (text == null) {
            return Optional.empty();
        }
        Matcher matcher = BUDGET.matcher(text.strip());
        if (!matcher.matches() || Double.parseDouble(matcher.group(1)) == 0) {
            throw new InputException("--time-budget '%s' is not a time such as 90s, 5m or 1h".formatted(text));
        }
        double value = Double.parseDouble(matcher.group(1));
        double millis = switch (matcher.group(2) == null ? "s" : matcher.group(2)) {
            case "ms" -> value;
            case "m" -> value * 60_000;
            case "h" -> value * 3_600_000;
            default -> value * 1000;
        };
        return Optional.of(Duration.ofMillis(Math.max(1, (long) Math.min(millis, 1e15))));
    }

    /** Sums so long that no error bound holds, nor are integers exact then, could not be judged. */
    static void requireBound(ConvProblem p, DType type) {
        if (p.terms() * type.unitRoundoff() >= 1) {
            throw new InputException("problem '%s' sums %d products, for which there is no error bound in %s"
                    .formatted(p, p.terms(), type.label()));
        }
    }

    /** x, w, y of the run's own data and of the exact tier in each worker, and two references. */
    static void requireMemory(ConvProblem p, List<DType> types, int workers, Environment environment) {
        DType widest = types.contains(DType.F64) ? DType.F64 : DType.F32;
        double needed;
        try {
            needed = 2.0 * workers * p.bytes(widest) + 4.0 * Math.multiplyExact(p.bytes(DType.F64), 1L);
        } catch (ArithmeticException e) {
            throw new InputException("problem '%s': its sizes overflow 63 bits".formatted(p));
        }
        if (needed > environment.memoryTotalBytes()) {
            throw new InputException("problem '%s' needs %s of memory, and this machine has %s".formatted(
                    p, Units.bytes(needed), Units.bytes(environment.memoryTotalBytes())));
        }
    }
}
