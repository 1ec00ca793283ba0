package io.github.convgauge.jmh;

import io.github.convgauge.backend.Algorithm;
import io.github.convgauge.backend.Regime;
import io.github.convgauge.conv.ConvProblem;
import io.github.convgauge.conv.ProblemFile;
import io.github.convgauge.conv.ProblemSet;
import io.github.convgauge.cpu.CpuBackend;
import io.github.convgauge.measure.Environment;
import io.github.convgauge.tensor.DType;
import java.io.IOException;
import java.nio.charset.CharacterCodingException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.EnumSet;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.function.Function;
import java.util.regex.Pattern;
import java.util.regex.PatternSyntaxException;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;

/** The options that say what is measured. */
final class Choice {
    @Parameters(arity = "0..1", paramLabel = "REGEX", description = "Only that in whose name it is found; --list has the names.")
    private String regex;

    @Option(names = "--problems", paramLabel = "FILE|SET",
            description = "All fast kernels, the copies and the product of each problem in a file (one a line, # starts a comment) or in"
                + " a set: notebook, resnet50, vgg16, mobilenetv2-dw, deepbench, tiny or smoke.")
    private String problems;

    @Option(names = "--dtype", paramLabel = "f64,f32", description = "Default: with --problems f64,f32, else those of the floors.")
    private String dtypes;

    @Option(names = "--benchmark", paramLabel = "KIND[,KIND]",
            description = "kernel, copy (strided copies of x), gemm (the matrix product of im2col alone); default: with --problems all of them,"
                + " else kernel.")
    private String kinds;

    /**
     * What is to be measured, in the order that it is named.
     *
     * @param leftOut by name, what cannot be measured, and why
     */
    record Chosen(List<Subject> subjects, Map<String, String> leftOut) {}

    /** Whether anything else than all floors was asked for. */
    boolean isNarrowed() {
        return regex != null || problems != null || dtypes != null || kinds != null;
    }

    /** @throws IllegalArgumentException with one sentence, where an option means nothing, or nothing is left to measure */
    Chosen of(List<Floor> floors) {
        Pattern pattern = pattern();
        List<Subject> named = (problems != null ? ofProblems(read(problems)) : ofFloors(floors)).stream()
                .distinct()
                .filter(subject -> pattern.matcher(subject.name()).find())
                .toList();
        if (named.isEmpty()) {
            throw new IllegalArgumentException(regex == null
                    ? "nothing of the floors has these kinds and dtypes; scripts/jmh --list has what there is"
                    : "no kernel matches '%s'; scripts/jmh --list has them".formatted(regex));
        }
        long memory = Environment.capture().memoryTotalBytes();
        List<Subject> subjects = new ArrayList<>();
        Map<String, String> leftOut = new LinkedHashMap<>();
        for (Subject subject : named) {
            subject.refusal(memory).ifPresentOrElse(why -> leftOut.put(subject.name(), why), () -> subjects.add(subject));
        }
        if (subjects.isEmpty()) {
            Map.Entry<String, String> first = leftOut.entrySet().iterator().next();
            throw new IllegalArgumentException("there is nothing to measure: %s: %s".formatted(first.getKey(), first.getValue()));
        }
        return new Chosen(subjects, leftOut);
    }

    private Pattern pattern() {
        try {
            return Pattern.compile(regex != null ? regex : "");
        } catch (PatternSyntaxException e) {
            throw new IllegalArgumentException("'" + regex + "' is no regular expression: " + e.getDescription(), e);
        }
    }

    /** A set by its name, else a file; {@code ./tiny} is a file of that name. */
    private static List<ConvProblem> read(String name) {
        if (Arrays.stream(ProblemSet.values()).anyMatch(set -> set.label().equals(name))) {
            return ProblemSet.ofLabel(name).problems();
        }
        Path file = Path.of(name);
        if (!Files.exists(file)) {
            throw new IllegalArgumentException("--problems '%s' is neither a file nor a set; the sets are %s".formatted(name, ProblemSet.labels()));
        }
        try {
            return ProblemFile.read(file);
        } catch (CharacterCodingException e) {
            throw new IllegalArgumentException("cannot read %s: it is not UTF-8 text".formatted(file), e);
        } catch (IOException e) {
            throw new IllegalArgumentException("cannot read %s: %s".formatted(file, Files.isDirectory(file) ? "it is a folder" : e.getMessage()), e);
        }
    }

    private List<Subject> ofProblems(List<ConvProblem> list) {
        Set<Subject.Kind> chosen = kinds(EnumSet.allOf(Subject.Kind.class));
        List<Subject> subjects = new ArrayList<>();
        for (DType dtype : dtypes(List.of(DType.F64, DType.F32))) {
            for (ConvProblem problem : list) {
                subjects.addAll(of(dtype, problem, chosen));
            }
        }
        return subjects;
    }

    private static List<Subject> of(DType dtype, ConvProblem problem, Set<Subject.Kind> kinds) {
        List<Subject> subjects = new ArrayList<>();
        if (kinds.contains(Subject.Kind.KERNEL)) {
            fastAlgorithms().forEach(algorithm -> subjects.add(new Subject(algorithm, dtype, problem)));
        }
        if (kinds.contains(Subject.Kind.COPY)) {
            Arrays.stream(CopyRun.Pattern.values()).forEach(pattern -> subjects.add(Subject.copy(pattern, dtype, problem)));
        }
        if (kinds.contains(Subject.Kind.GEMM)) {
            subjects.add(Subject.gemm(dtype, problem));
        }
        return subjects;
    }

    /** An algorithm whose weights can be prepared is a fast one. */
    static List<String> fastAlgorithms() {
        try (CpuBackend backend = new CpuBackend()) {
            return backend.algorithms().stream().filter(a -> a.regimes().contains(Regime.PREPARED)).map(Algorithm::name).toList();
        }
    }

    /** The kernels that have a floor; copies and products of their problems. */
    private List<Subject> ofFloors(List<Floor> floors) {
        Set<Subject.Kind> chosen = kinds(Set.of(Subject.Kind.KERNEL));
        Set<DType> types = new LinkedHashSet<>(dtypes(List.of(DType.F64, DType.F32)));
        List<Subject> kernels = floors.stream().map(Floor::subject).filter(subject -> types.contains(subject.dtype())).toList();
        Set<Subject.Kind> others = chosen.stream().filter(kind -> kind != Subject.Kind.KERNEL).collect(Collectors.toCollection(LinkedHashSet::new));
        return Stream.concat(
                chosen.contains(Subject.Kind.KERNEL) ? kernels.stream() : Stream.empty(),
                kernels.stream().flatMap(subject -> of(subject.dtype(), subject.problem(), others).stream())).toList();
    }

    private Set<Subject.Kind> kinds(Set<Subject.Kind> fallback) {
        return kinds == null ? fallback : words("--benchmark", kinds, Subject.Kind::ofLabel);
    }

    private Set<DType> dtypes(List<DType> fallback) {
        return dtypes == null ? new LinkedHashSet<>(fallback) : words("--dtype", dtypes, Choice::dtype);
    }

    private static DType dtype(String label) {
        return Arrays.stream(DType.values())
                .filter(type -> type.label().equals(label) && type.isFloating())
                .findFirst()
                .orElseThrow(() -> new IllegalArgumentException("unknown dtype '%s'; convolutions are run in f32 and f64".formatted(label)));
    }

    private static <T> Set<T> words(String option, String list, Function<String, T> meaning) {
        List<String> words = Arrays.stream(list.split(",", -1)).map(String::strip).toList();
        if (words.stream().anyMatch(String::isEmpty)) {
            throw new IllegalArgumentException("%s '%s' has an empty entry".formatted(option, list));
        }
        return words.stream().map(meaning).collect(Collectors.toCollection(LinkedHashSet::new));
    }
}
