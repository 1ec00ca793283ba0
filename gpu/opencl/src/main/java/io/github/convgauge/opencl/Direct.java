package io.github.convgauge.opencl;

import io.github.convgauge.backend.DeviceMemory;
import io.github.convgauge.conv.ConvProblem;

/** {@code direct}: the definition, one output a work item, without scratch. */
final class Direct implements Plan {
    private final ConvProblem problem;
    private final DeviceTensor x;
    private final DeviceTensor w;
    private final DeviceTensor y;

    Direct(ConvProblem problem, DeviceTensor x, DeviceTensor w, DeviceTensor y) {
        this.problem = problem;
        this.x = x;
        this.w = w;
        this.y = y;
    }

    @Override
    public void declare(DeviceMemory memory) {}

    @Override
    public void assemble(Assembly assembly) {
        long lines = (long) problem.mb() * problem.oh();
        Constants constants = new Constants(x.dtype(), 1)
                .put("OC", problem.oc()).put("LINES", lines)
                .put("GROUP_OC", problem.groupOc())
                .put("W", w.layout(), "A", "B", "C", "O");
        putProblem(constants, problem, x, y);
        Kernel kernel = assembly.resources().kernel("direct", constants, "real.cl", "direct.cl");
        WorkSize size = WorkSize.of(assembly.device(), kernel.workGroup(), problem.oc(), problem.ow(), lines);
        assembly.add(new Launch("direct", kernel, size, x.buffer(), w.buffer(), y.buffer()));
    }

    /** What every direct kernel must know: x, y, and how the kernel moves over x. */
    static void putProblem(Constants constants, ConvProblem p, DeviceTensor x, DeviceTensor y) {
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
