package io.github.convgauge.openclc;

import io.github.convgauge.backend.UnsupportedConvException;
import io.github.convgauge.conv.ConvProblem;
import java.util.List;

/** How an algorithm does one problem with these tensors on this device. All decisions are made when it is constructed. */
public interface Plan {
    String IM2COL_GEMM = "im2col+gemm";
    String IM2COL_GEMM_TILED = "im2col+gemm-tiled";
    String DIRECT = "direct";
    String DIRECT_BLOCKED = "direct-blocked";

    /** What it needs beside x, w and y. */
    List<Buffer> scratch();

    /** Kernels that depend on the weights only, in order: they run anew only where those move. */
    List<Call> weights();

    /** Kernels of every execution, in order, behind those of the weights. */
    List<Call> activations();

    /**
     * @param x (mb, ih, iw, ic)
     * @param w (kh, kw, ic/g, oc)
     * @param y (mb, oh, ow, oc)
     * @throws UnsupportedConvException if the algorithm does not do it on this device
     */
    static Plan of(String algorithm, Target target, ConvProblem problem, Operand x, Operand w, Operand y)
            throws UnsupportedConvException {
        return switch (algorithm) {
            case IM2COL_GEMM -> new ColumnsGemm(target, problem, x, y, problem.groupOc() <= NarrowGemm.MAX_COLUMNS
                    ? new NarrowGemm(target, problem, w)
                    : new WideGemm(target, problem, w));
            case IM2COL_GEMM_TILED -> new ColumnsGemm(target, problem, x, y, new TiledGemm(target, problem, w));
            case DIRECT -> new Direct(problem, x, w, y);
            case DIRECT_BLOCKED -> new DirectBlocked(target, problem, x, w, y);
            default -> throw new IllegalArgumentException("no plan for " + algorithm);
        };
    }
}
