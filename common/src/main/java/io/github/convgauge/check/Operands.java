package io.github.convgauge.check;

import io.github.convgauge.tensor.Tensor;
import java.util.Optional;

/**
 * What a convolution reads.
 *
 * @param x (mb, ih, iw, ic), any strides
 * @param w (kh, kw, ic/g, oc), any strides
 */
public record Operands(Tensor x, Tensor w) {
    /**
     * Why a comparison over these operands would tell nothing, if so: values that are not finite
     * have no error bound, and a constant operand hides every wrong index.
     */
    public Optional<String> distrust() {
        return distrust("x", x).or(() -> distrust("w", w));
    }

    private static Optional<String> distrust(String name, Tensor tensor) {
        double[] values = tensor.toDoubles();
        long notFinite = 0;
        boolean constant = values.length > 1;
        for (double value : values) {
            notFinite += Double.isFinite(value) ? 0 : 1;
            constant &= value == values[0];
        }
        if (notFinite > 0) {
            return Optional.of("%s holds %d values that are not finite, for which there is no bound"
                    .formatted(name, notFinite));
        }
        return constant
                ? Optional.of("every element of %s is %s, which hides a wrong index".formatted(name, values[0]))
                : Optional.empty();
    }
}
