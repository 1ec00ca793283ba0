package io.github.convgauge.check;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;
import static org.junit.jupiter.api.Assertions.fail;

import io.github.convgauge.backend.Algorithm;
import io.github.convgauge.backend.Backend;
import io.github.convgauge.backend.ConvSpec;
import io.github.convgauge.backend.Device;
import io.github.convgauge.backend.Grouping;
import io.github.convgauge.backend.Output;
import io.github.convgauge.backend.PreparedConv;
import io.github.convgauge.backend.PreparedMany;
import io.github.convgauge.backend.Regime;
import io.github.convgauge.backend.UnsupportedConvException;
import io.github.convgauge.conv.AwkwardProblems;
import io.github.convgauge.conv.ConvProblem;
import io.github.convgauge.tensor.DType;
import io.github.convgauge.tensor.Layout;
import io.github.convgauge.tensor.Tensor;
import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.stream.IntStream;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.DynamicTest;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestFactory;
import org.junit.jupiter.api.TestInstance;

/** What every backend must do. A backend's module extends this class; nothing else is needed to test its answers. */
@TestInstance(TestInstance.Lifecycle.PER_CLASS)
public abstract class BackendContract {
    private static final long SEED = 20_230_403;
    private static final int SHOWN = 5;

    private Backend backend;
    private List<Row> rows;

    /** A new backend, not yet started. */
    protected abstract Backend newBackend();

    /** Whether an algorithm may refuse a problem. */
    protected boolean mayRefuse(String algorithm, ConvProblem problem) {
        return false;
    }

    /** The same, where that hangs on the regime, too. */
    protected boolean mayRefuse(String algorithm, Regime regime, ConvProblem problem) {
        return mayRefuse(algorithm, problem);
    }

    /** Whether an algorithm may refuse weights whose output channels are no neighbours in memory. */
    protected boolean mayRefuseWeights(String algorithm, Regime regime) {
        return false;
    }

    /** What it computes in; it refuses the others. */
    protected List<DType> dtypes() {
        return List.of(DType.F32, DType.F64);
    }

    /** Whether it takes many convolutions in one submission. */
    protected boolean submitsMany() {
        return false;
    }

    /** The thread counts to test with. */
    protected List<Integer> threadCounts() {
        return List.of(1, 2, 3);
    }

    /** The problems of the exact tier; a backend that compiles a kernel for each may take some of them only. */
    protected List<ConvProblem> exactProblems(Algorithm algorithm, Regime regime, DType dtype) {
        List<ConvProblem> problems = new ArrayList<>(AwkwardProblems.grid());
        problems.addAll(AwkwardProblems.special());
        return problems;
    }

    /** The problems of the bound tier. */
    protected List<ConvProblem> boundProblems(Algorithm algorithm, Regime regime, DType dtype) {
        return AwkwardProblems.special();
    }

    /** The problems that every listed variant is checked with, each in the first regime of its algorithm. */
    protected List<ConvProblem> variantProblems(Algorithm algorithm, DType dtype) {
        return Stream.of("mb2ic3ih6iw7oc17kh3ph1", "g2mb2ic6ih5iw8oc10kh2kw3sw2dh1ph1").map(ConvProblem::parse).toList();
    }

    private record Row(String device, Algorithm algorithm, Regime regime, Output output, DType dtype) {
        String label() {
            return algorithm.name() + " " + regime.label() + " " + output.label() + " " + dtype.label() + " on " + device;
        }

        ConvSpec spec(ConvProblem problem, int threads) {
            return new ConvSpec(problem, dtype, device, algorithm.name(), regime, output, threads);
        }
    }

    /** Whether an algorithm is tested on a device; by default where a run without --algorithm has it. */
    protected boolean isTested(Algorithm algorithm, Device device) {
        return algorithm.isMadeFor(device.id());
    }

    @BeforeAll
    void startBackend() throws Exception {
        backend = newBackend();
        backend.start();
        rows = new ArrayList<>();
        for (Device device : backend.devices()) {
            for (Algorithm algorithm : backend.algorithms()) {
                if (!isTested(algorithm, device)) {
                    continue;
                }
                for (Regime regime : algorithm.regimes()) {
                    for (Output output : algorithm.outputs()) {
                        dtypes().forEach(dtype -> rows.add(new Row(device.id(), algorithm, regime, output, dtype)));
                    }
                }
            }
        }
        assertFalse(rows.isEmpty(), "a backend with nothing to test");
    }

    @AfterAll
    void closeBackend() throws Exception {
        backend.close();
    }

    /** The exact tier: integers, so that every order of summation must give the same bits. */
    @TestFactory
    Stream<DynamicTest> exact() {
        return rows.stream()
                .filter(row -> row.algorithm.exactOnIntegers())
                .map(row -> DynamicTest.dynamicTest(row.label(), () -> runAll(
                        row, exactProblems(row.algorithm, row.regime, row.dtype), Fill.INTEGER)));
    }

    /** The bound tier: real data of both signs. */
    @TestFactory
    Stream<DynamicTest> withinBound() {
        return rows.stream().map(row -> DynamicTest.dynamicTest(
                row.label(), () -> runAll(row, boundProblems(row.algorithm, row.regime, row.dtype), Fill.NORMAL)));
    }

    private void runAll(Row row, List<ConvProblem> problems, Fill fill) throws Exception {
        List<String> complaints = new ArrayList<>();
        int compared = 0;
        for (int i = 0; i < problems.size(); i++) {
            ConvProblem problem = problems.get(i);
            int threads = threadCounts().get(i % threadCounts().size());
            Operands operands = fill.operands(problem, row.dtype, SEED + i);
            try {
                String complaint = run(row, problem, threads, operands, contiguousY(row, problem), fill);
                compared++;
                if (complaint != null) {
                    complaints.add("%s, %s, %d threads, fill %s, seed %d: %s"
                            .formatted(problem, row.label(), threads, fill.label(), SEED + i, complaint));
                }
            } catch (UnsupportedConvException e) {
                if (!mayRefuse(row.algorithm.name(), row.regime, problem)) {
                    complaints.add("%s, %s: refused: %s".formatted(problem, row.label(), e.getMessage()));
                }
            }
        }
        assertTrue(compared > problems.size() / 10, row.label() + " refused nearly everything");
        if (!complaints.isEmpty()) {
            fail("%d of %d problems are wrong:%n%s".formatted(
                    complaints.size(), compared, String.join("\n", complaints.subList(0, Math.min(SHOWN, complaints.size())))));
        }
    }

    /** What is wrong with one answer, or null. */
    private String run(Row row, ConvProblem problem, int threads, Operands operands, Tensor y, Fill fill)
            throws UnsupportedConvException {
        return run(row.spec(problem, threads), row, operands, y, fill);
    }

    private String run(ConvSpec spec, Row row, Operands operands, Tensor y, Fill fill) throws UnsupportedConvException {
        ConvProblem problem = spec.problem();
        try (Arena arena = Arena.ofConfined()) {
            // The reference is computed in parallel, so its memory must be shared.
            Reference reference = Reference.compute(problem, operands, Arena.ofAuto().allocate(Reference.bytes(problem), 8));
            Checker checker = new Checker(problem, row.dtype, row.algorithm.ownLaw());
            Checker.markUnwritten(y);
            MemorySegment firstBits = arena.allocate(y.storage().byteSize(), 8);
            Comparison comparison;
            boolean repeats;
            try (PreparedConv conv = backend.prepare(spec, operands.x(), operands.w(), y)) {
                conv.uploadOutput();
                conv.execute();
                Tensor output = conv.output();
                comparison = fill == Fill.INTEGER
                        ? checker.compareExactly(operands, output, reference)
                        : checker.compareWithinBound(operands, output, reference);
                firstBits.copyFrom(output.storage());
                Checker.markUnwritten(y);
                conv.uploadOutput();
                conv.execute();
                repeats = conv.output().storage().mismatch(firstBits) == -1;
            }
            if (comparison.wrong() > 0) {
                return "%d wrong: %s".formatted(comparison.wrong(), comparison.firstWrong());
            }
            return repeats ? null : "the second execution gave other bits";
        }
    }

    /** The exact tier, or that of the bound where integers are not exact, in every variant that is worth timing. */
    @TestFactory
    Stream<DynamicTest> everyVariant() {
        return rows.stream()
                .filter(row -> row.regime == row.algorithm.regimes().getFirst() && row.output == row.algorithm.outputs().getFirst())
                .map(row -> DynamicTest.dynamicTest(row.label(), () -> {
                    for (ConvProblem problem : variantProblems(row.algorithm, row.dtype)) {
                        if (!mayRefuse(row.algorithm.name(), problem)) {
                            runVariants(row, problem);
                        }
                    }
                }));
    }

    private void runVariants(Row row, ConvProblem problem) throws UnsupportedConvException {
        Fill fill = row.algorithm.exactOnIntegers() ? Fill.INTEGER : Fill.NORMAL;
        Operands operands = fill.operands(problem, row.dtype, SEED);
        List<String> variants = backend.variants(row.spec(problem, 1));
        assertEquals(variants.stream().distinct().toList(), variants);
        int refused = 0;
        for (String variant : variants) {
            try {
                String complaint = run(
                        row.spec(problem, 1).withVariant(variant), row, operands, contiguousY(row, problem), fill);
                assertEquals(null, complaint, "%s of %s, %s, seed %d".formatted(variant, problem, row.label(), SEED));
            } catch (UnsupportedConvException e) {
                refused++;
            }
        }
        assertTrue(variants.isEmpty() || refused < variants.size() / 2, row.label() + " refused most variants of " + problem);
    }

    /** No other variant may take the place of one that is not there. */
    @TestFactory
    Stream<DynamicTest> refusesVariantsThatNobodyKnows() {
        ConvProblem problem = ConvProblem.parse("ic1ih3oc1kh3");
        return rows.stream().map(row -> DynamicTest.dynamicTest(row.label(), () -> {
            List<String> texts = new ArrayList<>(List.of(
                    "fast", "colour=3", " ", "lanes=", "lanes=0", "lanes=3", "lanes=-4", "lanes=99999999999", "lanes=4 lanes=4",
                    "group=1x1x1x1x1x1x1", "group=4096x4096x4096", "group=0x1", "group=x"));
            backend.variants(row.spec(problem, 1)).forEach(known -> texts.addAll(List.of(known + " more=1", known + " ", known + "x")));
            for (String text : texts) {
                assertThrows(UnsupportedConvException.class, () -> backend.prepare(
                        row.spec(problem, 1).withVariant(text),
                        Tensor.allocate(row.dtype, problem.xSizes()),
                        Tensor.allocate(row.dtype, problem.wSizes()),
                        Tensor.allocate(row.dtype, problem.ySizes())), () -> "'%s' of %s".formatted(text, row.label()));
            }
        }));
    }

    private static Tensor contiguousY(Row row, ConvProblem problem) {
        return Tensor.allocate(row.dtype, problem.ySizes());
    }

    /** Any strides of x, w and y: channels first, Fortran order, backwards, with gaps; with padding, for which some copy x first, and without. */
    @TestFactory
    Stream<DynamicTest> anyStrides() {
        List<List<String>> fromRichToPlain = List.of(
                List.of("g2mb2ic6ih7iw9oc4kh3kw2sh2sw1ph1pw2dh0dw1", "mb2ic6ih7iw9oc4kh3kw2sh2sw1ph1pw2dh0dw1", "g2mb2ic6ih7iw9oc4kh3ph1",
                        "mb2ic6ih7iw9oc4kh3ph1"),
                List.of("g2mb2ic6ih7iw9oc16kh3kw2sh2sw1dh0dw1", "mb2ic6ih7iw9oc8kh3kw2sh2sw1dh0dw1", "mb2ic6ih7iw9oc8kh3kw2", "mb2ic6ih7iw9oc8kh3"));
        return rows.stream().map(row -> DynamicTest.dynamicTest(row.label(), () -> {
            List<ConvProblem> problems = fromRichToPlain.stream()
                    .flatMap(texts -> texts.stream()
                            .map(ConvProblem::parse)
                            .filter(candidate -> !mayRefuse(row.algorithm.name(), row.regime, candidate))
                            .findFirst().stream())
                    .toList();
            assertEquals(fromRichToPlain.size(), problems.size(), row.label());
            for (ConvProblem problem : problems) {
                for (int form = 0; form < 4; form++) {
                    runRestrided(row, problem, form);
                }
            }
        }));
    }

    private void runRestrided(Row row, ConvProblem problem, int form) throws UnsupportedConvException {
        Fill fill = row.algorithm.exactOnIntegers() ? Fill.INTEGER : Fill.NORMAL;
        Operands dense = fill.operands(problem, row.dtype, SEED);
        Operands operands = new Operands(restride(dense.x(), form), restride(dense.w(), form));
        Tensor y = restride(contiguousY(row, problem), form);
        String what = "form %d of %s, %s, seed %d".formatted(form, problem, row.label(), SEED);
        try {
            assertEquals(null, run(row, problem, 2, operands, y, fill), what);
        } catch (UnsupportedConvException e) {
            boolean may = operands.w().layout().stride(3) != 1 && mayRefuseWeights(row.algorithm.name(), row.regime);
            assertTrue(may, () -> what + " refused: " + e.getMessage());
        }
    }

    /** The same elements in memory laid out in another way. */
    private static Tensor restride(Tensor dense, int form) {
        long[] s = dense.sizes();
        DType type = dense.dtype();
        Tensor target = switch (form) {
            case 0 -> Tensor.allocate(type, s[0], s[3], s[1], s[2]).permute(0, 2, 3, 1);
            case 1 -> Tensor.allocate(type, dense.size()).with(Layout.fortran(s));
            case 2 -> Tensor.allocate(type, s).slice(1, s[1] - 1, -1, -1).slice(2, s[2] - 1, -1, -1);
            case 3 -> Tensor.allocate(type, s[0], s[1] + 2, 2 * s[2] + 3, s[3] + 5)
                    .slice(1, 1, s[1] + 1).slice(2, 2, 2 + 2 * s[2], 2).slice(3, 5, s[3] + 5);
            default -> throw new IllegalArgumentException("form " + form);
        };
        return target.copyFrom(dense);
    }

    /** Nothing but y may be written: not around it, not between its elements. */
    @TestFactory
    Stream<DynamicTest> writesNothingElse() {
        return rows.stream().map(row -> DynamicTest.dynamicTest(row.label(), () -> {
            ConvProblem problem = Stream.of("mb2ic5ih6iw7oc3kh3kw2", "mb2ic5ih6iw7oc3kh3", "mb2ic5ih6iw7oc4kh3kw2")
                    .map(ConvProblem::parse)
                    .filter(candidate -> !mayRefuse(row.algorithm.name(), row.regime, candidate))
                    .findFirst()
                    .orElseThrow();
            Operands operands = Fill.NORMAL.operands(problem, row.dtype, SEED);
            Tensor y = restride(contiguousY(row, problem), 3);
            y.storage().fill((byte) 0x5a);
            double pattern = y.storage().byteSize() > 0 ? y.flatStorage().getDouble(0) : 0;
            ConvSpec spec = new ConvSpec(problem, row.dtype, row.device, row.algorithm.name(), row.regime, row.output, 2);
            try (PreparedConv conv = backend.prepare(spec, operands.x(), operands.w(), y)) {
                conv.uploadOutput();
                conv.execute();
                conv.output();
            }
            Tensor touched = Tensor.allocate(row.dtype, y.storage().byteSize() / row.dtype.bytes());
            touched.with(y.layout()).fill(i -> 1);
            double[] mark = touched.toDoubles();
            double[] values = y.flatStorage().toDoubles();
            for (int i = 0; i < values.length; i++) {
                assertEquals(mark[i] == 0, values[i] == pattern, "element %d of y's storage, %s".formatted(i, row.label()));
            }
        }));
    }

    /**
     * Many convolutions in one submission or in one each: every one of their outputs is exact, of any strides, and again
     * when all are executed once more.
     */
    @TestFactory
    Stream<DynamicTest> manyAreAllExact() {
        return rows.stream()
                .filter(row -> row.regime == Regime.RESIDENT && row.algorithm.exactOnIntegers())
                .flatMap(row -> Stream.of(Grouping.values()).map(grouping -> DynamicTest.dynamicTest(
                        row.label() + " " + grouping.label(), () -> assertManyAreExact(row, grouping))));
    }

    private void assertManyAreExact(Row row, Grouping grouping) throws Exception {
        for (String text : List.of("mb2ic3ih7iw6oc5kh3kw2ph1", "g2mb1ic4ih5oc6kh1", "mb3ic5ih6iw7oc17kh3sh2")) {
            ConvProblem problem = ConvProblem.parse(text);
            if (mayRefuse(row.algorithm.name(), problem)) {
                continue;
            }
            Operands operands = Fill.INTEGER.operands(problem, row.dtype, SEED);
            Reference reference = Reference.compute(problem, operands, Arena.ofAuto().allocate(Reference.bytes(problem), 8));
            Checker checker = new Checker(problem, row.dtype, Optional.empty());
            List<Tensor> ys = IntStream.range(0, 4).mapToObj(form -> restride(contiguousY(row, problem), form)).toList();
            ConvSpec spec = new ConvSpec(problem, row.dtype, row.device, row.algorithm.name(), row.regime, row.output, 1);
            if (submitsMany() && row.algorithm.kernelsOf().isPresent()) {
                // One that launches another backend's kernels is there to be compared with it, and may be alone in its graph.
                assertThrows(UnsupportedConvException.class,
                        () -> backend.prepareMany(spec, grouping, operands.x(), operands.w(), ys));
                continue;
            }
            if (submitsMany()) {
                assertThrows(UnsupportedConvException.class,
                        () -> backend.prepareMany(spec.withVariant("fast"), grouping, operands.x(), operands.w(), ys));
            }
            Optional<PreparedMany> prepared = backend.prepareMany(spec, grouping, operands.x(), operands.w(), ys);
            assertEquals(submitsMany(), prepared.isPresent());
            if (prepared.isEmpty()) {
                return;
            }
            try (PreparedMany many = prepared.get()) {
                for (int execution = 0; execution < 2; execution++) {
                    ys.forEach(Checker::markUnwritten);
                    many.uploadOutputs();
                    many.execute();
                    List<Tensor> outputs = many.outputs();
                    assertEquals(ys.size(), outputs.size());
                    for (int i = 0; i < outputs.size(); i++) {
                        Comparison comparison = checker.compareExactly(operands, outputs.get(i), reference);
                        assertEquals(0, comparison.wrong(), "output %d of %s, execution %d: %s".formatted(
                                i, problem, execution, comparison.firstWrong()));
                    }
                }
                assertTrue(many.proof().isPresent());
            }
        }
    }

    @Test
    void refusesOtherTypes() {
        ConvProblem problem = ConvProblem.parse("ic1ih3oc1kh3");
        for (DType dtype : new DType[] {DType.F32, DType.F64, DType.I32}) {
            for (Row row : dtypes().contains(dtype) ? List.<Row>of() : rows) {
                ConvSpec spec = new ConvSpec(problem, dtype, row.device, row.algorithm.name(), row.regime, row.output, 1);
                assertThrows(UnsupportedConvException.class, () -> backend.prepare(
                        spec,
                        Tensor.allocate(dtype, problem.xSizes()),
                        Tensor.allocate(dtype, problem.wSizes()),
                        Tensor.allocate(dtype, problem.ySizes())), row.label());
            }
        }
    }

    @Test
    void namesAreUnique() {
        List<String> names = backend.algorithms().stream().map(Algorithm::name).toList();
        assertEquals(names.stream().distinct().toList(), names);
    }
}
