package io.github.convgauge.openclc;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertNotEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.github.convgauge.backend.ConvSpec;
import io.github.convgauge.backend.Output;
import io.github.convgauge.backend.Regime;
import io.github.convgauge.backend.UnsupportedConvException;
import io.github.convgauge.conv.ConvProblem;
import io.github.convgauge.tensor.DType;
import io.github.convgauge.tensor.Layout;
import java.util.List;
import java.util.Optional;
import org.junit.jupiter.api.Test;

/** What variants make of a plan, on devices that are not here. */
class VariantTest {
    private static final Target AVX512 = new Target(true, 2, 64, 1 << 15, 4096, List.of(4096L, 4096L, 4096L));
    private static final Target SMALL = new Target(true, 8, 16, 1024, 32, List.of(32L, 16L, 16L));
    private static final Target GPU = new Target(false, 132, 4, 48 << 10, 1024, List.of(1024L, 1024L, 64L));
    private static final List<String> ALGORITHMS = List.of(Plan.DIRECT_BLOCKED, Plan.IM2COL_GEMM, Plan.IM2COL_GEMM_TILED, Plan.IMPLICIT_GEMM);
    /** A wide one, a narrow one, a depthwise one, one item, and remainders in every block. */
    private static final List<String> PROBLEMS =
            List.of("mb2ic3ih9iw12oc16kh3", "mb2ic3ih9iw12oc3kh3", "g8mb2ic8ih9oc8kh3ph1", "ic1ih1oc1kh1", "g2mb3ic6ih11iw7oc34kh3ph1");

    private static Plan plan(Target target, String problem, DType dtype, String algorithm, String variant)
            throws UnsupportedConvException {
        ConvProblem p = ConvProblem.parse(problem);
        return Plan.of(
                algorithm, variant, target, p, operand("x", dtype, p.xSizes()), operand("w", dtype, p.wSizes()),
                operand("y", dtype, p.ySizes()));
    }

    private static Operand operand(String name, DType dtype, long[] sizes) throws UnsupportedConvException {
        Layout layout = Layout.contiguous(sizes);
        return Operand.of(name, dtype, layout, layout.size());
    }

    /** The kernel that sums up: with splits, another one adds up what it leaves. */
    private static Call last(Plan plan) {
        List<Call> calls = plan.activations();
        return calls.getLast().stage().equals("sum") ? calls.getFirst() : calls.getLast();
    }

    private static List<String> variants(Target target, String problem, DType dtype, String algorithm) {
        return Plan.variants(target, new ConvSpec(
                ConvProblem.parse(problem), dtype, "x", algorithm, Regime.RESIDENT, Output.REUSED, 1));
    }

    /** Each is another kernel or another grouping, none is refused, and the first is the default. */
    @Test
    void whatIsListedCanBe() throws UnsupportedConvException {
        for (Target target : List.of(AVX512, SMALL, GPU)) {
            for (String problem : PROBLEMS) {
                for (DType dtype : List.of(DType.F32, DType.F64)) {
                    for (String algorithm : ALGORITHMS) {
                        List<String> variants = variants(target, problem, dtype, algorithm);
                        String what = "%s of %s in %s".formatted(algorithm, problem, dtype);
                        assertEquals(variants.stream().distinct().toList(), variants, what);
                        Call standard = last(plan(target, problem, dtype, algorithm, ConvSpec.DEFAULT_VARIANT));
                        assertEquals(describe(target, standard), describe(target, last(plan(target, problem, dtype, algorithm, variants.getFirst()))), what);
                        List<String> described = variants.stream().map(text -> {
                            try {
                                return describe(target, last(plan(target, problem, dtype, algorithm, text)));
                            } catch (UnsupportedConvException e) {
                                throw new AssertionError(what + ": " + text, e);
                            }
                        }).toList();
                        assertEquals(described.stream().distinct().toList(), described, what);
                    }
                }
            }
        }
        assertTrue(variants(AVX512, PROBLEMS.getFirst(), DType.F32, Plan.DIRECT_BLOCKED).size() > 20);
        assertEquals(List.of(), variants(AVX512, PROBLEMS.getFirst(), DType.F32, Plan.DIRECT));
    }

    private static String describe(Target target, Call call) {
        WorkSize size = call.grid().size(target, target.workGroup()).orElseThrow();
        return call.program().options() + " in " + List.of(size.local()[0], size.local()[1]);
    }

    /** What was asked for, or nothing, whatever the compiled kernel allows. */
    @Test
    void aGroupThatWasAskedForIsThatOneOrNone() throws UnsupportedConvException {
        Call call = last(plan(AVX512, PROBLEMS.getFirst(), DType.F32, Plan.DIRECT_BLOCKED, "lanes=4 pixels=3 vectors=1 group=2x8"));
        WorkSize size = call.grid().size(AVX512, 16).orElseThrow();
        assertArrayEquals(new long[] {2, 8}, size.local());
        // 4 tiles in each of 14 lines, four vectors of 16 channels.
        assertArrayEquals(new long[] {56, 8}, size.global());
        assertEquals(Optional.empty(), call.grid().size(AVX512, 15));
        assertEquals(Optional.empty(), call.smaller());
    }

    /** The default's tile gives way to a smaller one where the compiled kernel needs it, one that was asked for does not. */
    @Test
    void aTileThatWasAskedForIsThatOneOrNone() throws UnsupportedConvException {
        Call standard = last(plan(AVX512, PROBLEMS.getFirst(), DType.F32, Plan.IM2COL_GEMM_TILED, ConvSpec.DEFAULT_VARIANT));
        assertTrue(standard.smaller().isPresent());
        Call asked = last(plan(AVX512, PROBLEMS.getFirst(), DType.F32, Plan.IM2COL_GEMM_TILED, "tile=16 rows=4"));
        assertEquals(Optional.empty(), asked.smaller());
        assertEquals(Optional.empty(), asked.grid().size(AVX512, 255));
        assertNotEquals(
                asked.program().options(),
                last(plan(AVX512, PROBLEMS.getFirst(), DType.F32, Plan.IM2COL_GEMM_TILED, "tile=16 rows=2")).program().options());
    }

    /** Large tiles whose terms are shared rather than small ones; narrow ones where there are few channels. */
    @Test
    void theImplicitProductHasGroupsForAllUnits() {
        String[][] expected = {
            {"ic128ih28oc128kh3ph1", "pixels=64 channels=64 chunk=16 rows=8 lanes=4 splits=16"},
            {"ic512ih7oc512kh3ph1", "pixels=64 channels=32 chunk=16 rows=4 lanes=4 splits=16"},
            {"mb10ic8ih32oc16kh3", "pixels=32 channels=16 chunk=16 rows=4 lanes=2 splits=1"},
            {"mb64ic64ih56oc64kh3ph1", "pixels=64 channels=64 chunk=16 rows=8 lanes=4 splits=1"},
            {"ic1ih1oc1kh1", "pixels=16 channels=16 chunk=8 rows=4 lanes=2 splits=1"}};
        for (String[] row : expected) {
            assertEquals(row[1], variants(GPU, row[0], DType.F32, Plan.IMPLICIT_GEMM).getFirst(), row[0]);
        }
    }

    @Test
    void whatCannotBeIsRefused() {
        for (String[] row : new String[][] {
            {Plan.DIRECT_BLOCKED, "group=8x8", "groups of up to 32 items"}, {Plan.DIRECT_BLOCKED, "group=1x32", "up to 16 items in dimension 1"},
            {Plan.DIRECT_BLOCKED, "group=1x1x1", "2 dimensions"}, {Plan.DIRECT_BLOCKED, "lanes=3", "vectors of 1, 2, 4, 8 and 16"},
            {Plan.DIRECT_BLOCKED, "lanes=4 vectors=5", "up to 4 vectors"}, {Plan.DIRECT_BLOCKED, "lanes=4 lanes=4", "its words are"}, {Plan.DIRECT_BLOCKED, "lanes=4 ", "its words are"},
            {Plan.DIRECT_BLOCKED, "group=999999999x999999999", "groups"}, {Plan.IM2COL_GEMM, "pixels=2", "its words are"},
            {Plan.IMPLICIT_GEMM, "pixels=4", "come together"}, {Plan.IMPLICIT_GEMM, "splits=17", "up to 16 splits"},
            {Plan.IMPLICIT_GEMM, "pixels=4 channels=4 chunk=3 rows=2 lanes=2", "divide the elements"},
            {Plan.IMPLICIT_GEMM, "pixels=32 channels=32 chunk=16 rows=4 lanes=4", "more items or local memory"},
            {Plan.IM2COL_GEMM_TILED, "tile=8", "the device has 1024 B"}, {Plan.DIRECT, "lanes=4", "it has none"}}) {
            UnsupportedConvException refused = assertThrows(
                    UnsupportedConvException.class, () -> plan(SMALL, PROBLEMS.getFirst(), DType.F32, row[0], row[1]), row[1]);
            assertTrue(refused.getMessage().contains(row[2]), refused.getMessage());
        }
    }
}
