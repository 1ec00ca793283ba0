package io.github.convgauge.cpu.direct;

import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.github.convgauge.conv.ConvProblem;
import io.github.convgauge.tensor.DType;
import io.github.convgauge.tensor.Layout;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class VariantsTest {
    private static List<Blocking> of(String problem, int bits) {
        ConvProblem p = ConvProblem.parse(problem);
        return Variants.of(Geometry.of(p, DType.F32, Layout.contiguous(p.xSizes()), Layout.contiguous(p.ySizes())), bits);
    }

    /** Sums, a vector of weights for each, and a number of x. */
    @ParameterizedTest
    @ValueSource(ints = {512, 256, 128})
    void allFitIntoRegisters(int bits) {
        for (String problem : List.of("ic64ih56oc64kh3ph1", "ic3ih224oc64kh7sh2ph3", "ic512ih7oc512kh3ph1", "ic5ih9oc7kh3", "ic1ih3oc1kh3")) {
            List<Blocking> variants = of(problem, bits);
            assertFalse(variants.isEmpty(), problem);
            for (Blocking blocking : variants) {
                int registers = blocking.pixels() * blocking.vectors() + blocking.vectors() + 1;
                assertTrue(registers <= (bits == 512 ? 32 : 16), problem + ": " + blocking);
            }
        }
    }

    /** The largest block that 32 registers hold is among them where a line is a whole number of it. */
    @Test
    void registersAreMadeUseOf() {
        assertTrue(of("ic64ih56oc64kh3ph1", 512).contains(new Blocking(512, 14, 2)));
        assertTrue(of("ic64ih57oc64kh3ph1", 256).contains(new Blocking(256, 6, 2)));
    }

    /** Of 8x3 and 7x3 only the smaller one does two steps at a time, and was 2 % faster on a Zen 4; both are timed. */
    @Test
    void blocksThatAreUnrolledAreNoNeighboursOfOthers() {
        assertTrue(of("ic128ih112oc128kh3ph1", 512).contains(new Blocking(512, 8, 3)));
        assertTrue(of("ic128ih112oc128kh3ph1", 512).contains(new Blocking(512, 7, 3)));
    }

    /** Blocks of 28 pixels with seven taps would be 8900 bytes, which HotSpot only interprets. */
    @Test
    void noneIsTooLongToBeCompiled() {
        assertTrue(of("ic64ih224oc64kh3ph1", 512).contains(new Blocking(512, 28, 1)));
        assertFalse(of("ic3ih224oc64kh7sh2ph3", 512).contains(new Blocking(512, 28, 1)));
    }
}
