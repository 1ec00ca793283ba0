package io.github.convgauge.cli.run;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.github.convgauge.conv.ConvProblem;
import io.github.convgauge.conv.ProblemSet;
import io.github.convgauge.tensor.DType;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.EnumSource;

/** The built-in sets against what is known of the nets. */
class ProblemSetTest {
    /** GFLOP of all layers of the net, padding taps included: the figures that papers and libraries state. */
    @ParameterizedTest
    @CsvSource({
        "resnet50, 23, 53, 8.17",
        "vgg16, 9, 13, 30.69",
        "mobilenetv2-dw, 10, 17, 0.0414",
    })
    void distinctLayersAndAllOfThem(String set, int distinct, int layers, double gflop) {
        List<ConvProblem> problems = ProblemSet.ofLabel(set).problems();
        assertEquals(distinct, problems.stream().map(ProblemSetTest::shape).distinct().count());
        assertEquals(distinct, problems.size());
        assertEquals(layers, problems.stream().mapToInt(ConvProblem::count).sum());
        double all = problems.stream().mapToDouble(p -> p.count() * 2.0 * p.mb() * p.oh() * p.ow() * p.oc() * p.terms()).sum();
        assertEquals(gflop, all / 1e9, gflop / 100);
    }

    /** 94 training layers and 107 of servers; the batches are those of DeepBench's README. */
    @Test
    void deepBench() {
        List<ConvProblem> problems = ProblemSet.DEEPBENCH.problems();
        assertEquals(201, problems.stream().mapToInt(ConvProblem::count).sum());
        assertEquals(191, problems.stream().map(ProblemSetTest::shape).distinct().count());
        Map<Integer, Integer> batches = new TreeMap<>();
        problems.forEach(p -> batches.merge(p.mb(), p.count(), Integer::sum));
        assertEquals(List.of(1, 2, 4, 8, 16, 32), List.copyOf(batches.keySet()));
        // DeepSpeech: neither image nor kernel nor output is square, so that width and height cannot be mixed up.
        ConvProblem speech = problems.getFirst();
        assertEquals(List.of(161, 700, 5, 20, 79, 341), List.of(speech.ih(), speech.iw(), speech.kh(), speech.kw(), speech.oh(), speech.ow()));
        assertTrue(problems.stream().anyMatch(p -> p.kh() == 1 && p.padTop() == 3 && p.ic() == 2048));
    }

    @Test
    void tinyOnesAreTinyAndAwkward() {
        List<ConvProblem> problems = ProblemSet.TINY.problems();
        problems.forEach(p -> assertTrue(p.flops() <= 1e6 && p.bytes(DType.F64) < 1 << 20, p.toString()));
        assertTrue(problems.stream().anyMatch(p -> p.g() == p.ic() && p.g() > 1));
        assertTrue(problems.stream().anyMatch(p -> !p.hasSymmetricPadding()));
        assertTrue(problems.stream().anyMatch(p -> p.sh() > p.kh()));
        assertTrue(problems.stream().anyMatch(p -> p.dh() != p.dw()));
    }

    @Test
    void theNotebooksIsTheDefaultOfRun() {
        assertEquals(OptionValues.problems(null, null), ProblemSet.NOTEBOOK.problems());
    }

    @ParameterizedTest
    @EnumSource(ProblemSet.class)
    void everyNameIsThereOnce(ProblemSet set) {
        List<String> names = set.problems().stream().map(ConvProblem::name).toList();
        assertEquals(names.size(), new HashSet<>(names).size());
        assertTrue(names.stream().noneMatch(String::isEmpty));
    }

    private static String shape(ConvProblem problem) {
        return problem.toString().replaceFirst("_n\".*", "");
    }
}
