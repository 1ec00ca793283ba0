package io.github.convgauge.openclc;

import io.github.convgauge.conv.ConvProblem;
import java.util.List;

/** {@code direct}: the definition, one output a work item, without scratch. */
final class Direct implements Plan {
    private final ConvProblem problem;
    private final Operand x;
    private final Operand w;
    private final Operand y;

    Direct(ConvProblem problem, Operand x, Operand w, Operand y) {
        this.problem = problem;
        this.x = x;
        this.w = w;
        this.y = y;
    }

    @Override
    public List<Buffer> scratch() {
        return List.of();
    }

    @Override
    public List<Call> weights() {
        return List.of();
    }

    @Override
    public List<Call> activations() {
        long lines = (long) problem.mb() * problem.oh();
        Constants constants = new Constants(x.dtype(), 1)
                .put("OC", problem.oc()).put("LINES", lines)
                .put("GROUP_OC", problem.groupOc())
                .put("W", w.layout(), "A", "B", "C", "O");
        putProblem(constants, problem, x, y);
        Program program = new Program("direct", constants, "real.cl", "direct.cl");
        return List.of(Call.free(
                "direct", program, List.of(x.buffer(), w.buffer(), y.buffer()), problem.oc(), problem.ow(), lines));
    }

    /** What every direct kernel must know: x, y, and how the kernel moves over x. */
    static void putProblem(Constants constants, ConvProblem p, Operand x, Operand y) {
        constants.put("IH", p.ih()).put("IW", p.iw())
                .put("OH", p.oh()).put("OW", p.ow())
                .put("KH", p.kh()).put("KW", p.kw())
                .put("SH", p.sh()).put("SW", p.sw())
                // From one tap to the next: the problem counts the gaps between them.
                .put("DH", p.kh() == 1 ? 0 : p.dh() + 1L).put("DW", p.kw() == 1 ? 0 : p.dw() + 1L)
                .put("PAD_TOP", p.padTop()).put("PAD_LEFT", p.padLeft())
                .put("GROUP_IC", p.groupIc())
                .put("X", x.layout(), "N", "H", "W", "C")
                .put("Y", y.layout(), "N", "H", "W", "C");
    }
}
