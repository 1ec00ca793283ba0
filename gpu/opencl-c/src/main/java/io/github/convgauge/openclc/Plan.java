package io.github.convgauge.openclc;

import io.github.convgauge.backend.ConvSpec;
import io.github.convgauge.backend.UnsupportedConvException;
import io.github.convgauge.conv.ConvProblem;
import java.util.List;

/** How an algorithm does one problem with these tensors on this device. All decisions are made when it is constructed. */
public interface Plan {
    String IM2COL_GEMM = "im2col+gemm";
    String IM2COL_GEMM_TILED = "im2col+gemm-tiled";
    String DIRECT = "direct";
    String DIRECT_BLOCKED = "direct-blocked";
    String IMPLICIT_GEMM = "implicit-gemm";

    /** What it needs beside x, w and y. */
    List<Buffer> scratch();

    /** Kernels that depend on the weights only, in order: they run anew only where those move. */
    List<Call> weights();

    /** Kernels of every execution, in order, behind those of the weights. */
    List<Call> activations();

    /**
     * @param variant words as {@link #variants} lists them; "" for the default, as is whatever it leaves out
     * @param x (mb, ih, iw, ic)
     * @param w (kh, kw, ic/g, oc)
     * @param y (mb, oh, ow, oc)
     * @throws UnsupportedConvException if the algorithm does not do it on this device, or has no such variant there
     */
    static Plan of(String algorithm, String variant, Target target, ConvProblem problem, Operand x, Operand w, Operand y)
            throws UnsupportedConvException {
        Variant sizes = Variant.parse(algorithm, variant);
        return switch (algorithm) {
            case IM2COL_GEMM -> new ColumnsGemm(target, problem, x, y, NarrowGemm.isFor(problem)
                    ? new NarrowGemm(target, problem, w, sizes)
                    : new WideGemm(target, problem, w, sizes));
            case IM2COL_GEMM_TILED -> new ColumnsGemm(target, problem, x, y, new TiledGemm(target, problem, w, sizes));
            case DIRECT -> new Direct(problem, x, w, y);
            case IMPLICIT_GEMM -> new ImplicitGemm(target, problem, x, w, y, sizes);
            case DIRECT_BLOCKED -> new DirectBlocked(target, problem, x, w, y, sizes);
            default -> throw new IllegalArgumentException("no plan for " + algorithm);
        };
    }

    /** The variants that are worth timing, the default first; empty where there is nothing to choose. */
    static List<String> variants(Target target, ConvSpec spec) {
        return Variant.list(target, spec);
    }
}
