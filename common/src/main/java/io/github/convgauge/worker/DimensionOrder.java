package io.github.convgauge.worker;

import io.github.convgauge.tensor.Tensor;
import java.util.Locale;

/** How arrays of the user's order their dimensions. */
public enum DimensionOrder {
    /** Activations (N, H, W, C), weights (KH, KW, I/g, O): the notebook's, and TensorFlow's. */
    NHWC,
    /** Activations (N, C, H, W), weights (O, I/g, KH, KW): PyTorch's. */
    NCHW;

    /** The view of stored activations as (N, H, W, C). */
    public Tensor activations(Tensor stored) {
        return this == NHWC ? stored : stored.permute(0, 2, 3, 1);
    }

    /** The view of stored weights as (KH, KW, I/g, O). */
    public Tensor weights(Tensor stored) {
        return this == NHWC ? stored : stored.permute(2, 3, 1, 0);
    }

    /** The view of (N, H, W, C) activations in this order. */
    public Tensor store(Tensor activations) {
        return this == NHWC ? activations : activations.permute(0, 3, 1, 2);
    }

    /** The view of (KH, KW, I/g, O) weights in this order. */
    public Tensor storeWeights(Tensor weights) {
        return this == NHWC ? weights : weights.permute(3, 2, 0, 1);
    }

    /** @throws IllegalArgumentException if there is none of that name */
    public static DimensionOrder ofLabel(String label) {
        return switch (label.toLowerCase(Locale.ROOT)) {
            case "nhwc" -> NHWC;
            case "nchw" -> NCHW;
            default -> throw new IllegalArgumentException(
                    "unknown layout '" + label + "'; there are nhwc and nchw");
        };
    }
}
