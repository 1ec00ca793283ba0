package io.github.convgauge.cpu;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertNotSame;
import static org.junit.jupiter.api.Assertions.assertSame;
import static org.junit.jupiter.api.Assertions.assertThrows;

import io.github.convgauge.check.Checker;
import io.github.convgauge.check.Fill;
import io.github.convgauge.check.Operands;
import io.github.convgauge.check.Reference;
import io.github.convgauge.conv.ConvProblem;
import io.github.convgauge.cpu.direct.Tuner;
import io.github.convgauge.tensor.DType;
import io.github.convgauge.tensor.Tensor;
import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.util.Optional;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import org.junit.jupiter.api.Test;

/** The convolution as programs use it. */
class Conv2dTest {
    private static final ConvProblem PROBLEM = ConvProblem.parse("mb2ic6ih7iw9oc20kh3ph1");

    @ParameterizedTest
    @ValueSource(strings = {
        "mb2ic6ih7iw9oc20kh3ph1", "g8ic8ih9oc8kh3sh2ph1", "ic3ih5oc4kh1", "g2ic4ih6oc6kh2dh1",
        // Several tiles for each thread, of one long line and of many.
        "ic8ih224oc80kh1", "ic8ih224oc80kh1sh2"})
    void anyLayoutIntoAGivenTensorOrAFreshOne(String text) {
        ConvProblem problem = ConvProblem.parse(text);
        for (DType dtype : new DType[] {DType.F32, DType.F64}) {
            Operands operands = Fill.INTEGER.operands(problem, dtype, 11);
            Reference reference = Reference.compute(problem, operands, Arena.ofAuto().allocate(Reference.bytes(problem), 8));
            Checker checker = new Checker(problem, dtype, Optional.empty());
            try (Conv2d conv = new Conv2d(problem, operands.w(), 2, Tuner.off())) {
                for (Tensor x : new Tensor[] {operands.x(), channelsFirst(operands.x())}) {
                    Tensor y = channelsFirst(Tensor.allocate(dtype, problem.ySizes()));
                    for (Tensor target : new Tensor[] {y, Tensor.allocate(dtype, problem.ySizes())}) {
                        conv.run(x, target);
                        assertEquals(0, checker.compareExactly(operands, target, reference).wrong());
                    }
                    try (Conv2d.Result result = conv.run(x)) {
                        assertEquals(0, checker.compareExactly(operands, result.tensor(), reference).wrong());
                    }
                }
            }
        }
    }

    private static Tensor channelsFirst(Tensor tensor) {
        long[] s = tensor.sizes();
        return Tensor.allocate(tensor.dtype(), s[0], s[3], s[1], s[2]).permute(0, 2, 3, 1).copyFrom(tensor);
    }

    @Test
    void resultsAreApartUntilTheyAreGivenBack() {
        Operands operands = Fill.NORMAL.operands(PROBLEM, DType.F32, 1);
        try (Conv2d conv = new Conv2d(PROBLEM, operands.w(), 1, Tuner.off())) {
            Conv2d.Result first = conv.run(operands.x());
            MemorySegment memory = first.tensor().storage();
            double[] before = first.tensor().toDoubles();
            Tensor other = Tensor.allocate(DType.F32, PROBLEM.xSizes()).fill(i -> 1);
            try (Conv2d.Result second = conv.run(other)) {
                assertNotSame(memory, second.tensor().storage());
                assertArrayEquals(before, first.tensor().toDoubles());
            }
            first.close();
            first.close(); // harmless, and gives nothing back twice
            assertThrows(IllegalStateException.class, first::tensor);
            Conv2d.Result third = conv.run(other);
            Conv2d.Result fourth = conv.run(other);
            assertSame(memory, third.tensor().storage());
            assertNotSame(memory, fourth.tensor().storage());
        }
    }

    @Test
    void changedWeightsAreTakenWhenToldSo() {
        Tensor x = Tensor.allocate(DType.F64, PROBLEM.xSizes()).fill(i -> 1);
        Tensor w = Tensor.allocate(DType.F64, PROBLEM.wSizes()).fill(i -> 1);
        Tensor y = Tensor.allocate(DType.F64, PROBLEM.ySizes());
        try (Conv2d conv = new Conv2d(PROBLEM, w, 1, Tuner.off())) {
            conv.run(x, y);
            assertEquals(54, y.getDouble(0, 1, 1, 0));
            w.fill(i -> 2);
            conv.setWeights(w);
            conv.run(x, y);
            assertEquals(108, y.getDouble(0, 1, 1, 0));
            Tensor transposed = Tensor.allocate(DType.F64, 20, 6, 3, 3).permute(2, 3, 1, 0).fill(i -> 3);
            conv.setWeights(transposed);
            conv.run(x, y);
            assertEquals(162, y.getDouble(0, 1, 1, 0));
        }
    }

    @Test
    void refusesInOneSentence() {
        Tensor w = Tensor.allocate(DType.F32, PROBLEM.wSizes());
        Tensor x = Tensor.allocate(DType.F32, PROBLEM.xSizes());
        assertEquals("w is f32 (2, 7, 9, 6); the problem needs f32 (3, 3, 6, 20)",
                assertThrows(IllegalArgumentException.class, () -> new Conv2d(PROBLEM, x, 1)).getMessage());
        Conv2d conv = new Conv2d(PROBLEM, w, 1, Tuner.off());
        assertEquals("x is f32 (3, 3, 6, 20); the problem needs f32 (2, 7, 9, 6)",
                assertThrows(IllegalArgumentException.class, () -> conv.run(w)).getMessage());
        assertEquals("y is f32 (2, 7, 9, 6); the problem needs f32 (2, 7, 9, 20)",
                assertThrows(IllegalArgumentException.class, () -> conv.run(x, x)).getMessage());
        assertThrows(IllegalArgumentException.class, () -> new Conv2d(PROBLEM, w.convertTo(DType.I32), 1));
        Conv2d.Result result = conv.run(x);
        conv.close();
        conv.close();
        assertThrows(IllegalStateException.class, () -> conv.run(x));
        assertThrows(IllegalStateException.class, result::tensor);
        result.close();
    }

    @Test
    void manyLayoutsMakeNoHarm() {
        Operands operands = Fill.NORMAL.operands(PROBLEM, DType.F32, 1);
        try (Conv2d conv = new Conv2d(PROBLEM, operands.w(), 1, Tuner.off()); Conv2d.Result expected = conv.run(operands.x())) {
            for (int gap = 0; gap < 20; gap++) {
                Tensor y = Tensor.allocate(DType.F32, 2, 7, 9, 20 + gap).slice(3, 0, 20);
                conv.run(operands.x(), y);
                assertArrayEquals(expected.tensor().toDoubles(), y.toDoubles());
            }
        }
    }
}
