package io.github.convgauge.check;

import static org.junit.jupiter.api.Assertions.assertEquals;

import io.github.convgauge.tensor.DType;
import io.github.convgauge.tensor.Tensor;
import java.util.Optional;
import org.junit.jupiter.api.Test;

class OperandsTest {
    private static Tensor tensor(double... values) {
        return Tensor.allocate(DType.F64, 1, 1, values.length, 1).fill(i -> values[(int) i]);
    }

    @Test
    void realDataAreTrusted() {
        assertEquals(Optional.empty(), new Operands(tensor(1, 2, 3), tensor(0, 0, 1)).distrust());
    }

    /** A problem may well have only one weight. */
    @Test
    void oneElementIsNoConstant() {
        assertEquals(Optional.empty(), new Operands(tensor(1, 2), tensor(5)).distrust());
    }

    @Test
    void constantsHideAWrongIndex() {
        assertEquals(
                Optional.of("every element of x is 1.5, which hides a wrong index"),
                new Operands(tensor(1.5, 1.5), tensor(1, 2)).distrust());
        assertEquals(
                Optional.of("every element of w is 0.0, which hides a wrong index"),
                new Operands(tensor(1, 2), tensor(0, 0, 0)).distrust());
    }

    @Test
    void whatIsNotFiniteHasNoBound() {
        assertEquals(
                Optional.of("w holds 2 values that are not finite, for which there is no bound"),
                new Operands(tensor(1, 2), tensor(1, Double.NaN, Double.NEGATIVE_INFINITY)).distrust());
        assertEquals(
                Optional.of("x holds 1 values that are not finite, for which there is no bound"),
                new Operands(tensor(Double.NaN), tensor(1, 1)).distrust());
    }

    /** Only what the view shows counts, not what lies between its elements. */
    @Test
    void viewsAreJudgedByTheirElements() {
        Tensor alternating = tensor(1, Double.NaN, 1, Double.NaN).slice(2, 0, 4, 2);
        assertEquals(
                Optional.of("every element of x is 1.0, which hides a wrong index"),
                new Operands(alternating, tensor(1, 2)).distrust());
    }
}
