package io.github.convgauge.clblast;

import io.github.convgauge.backend.DeviceMemory;
import io.github.convgauge.backend.UnsupportedConvException;
import io.github.convgauge.cl.Command;
import io.github.convgauge.cl.DeviceTensor;
import io.github.convgauge.cl.Resources;
import io.github.convgauge.conv.ConvProblem;
import io.github.convgauge.tensor.Tensor;
import java.util.List;
import org.lwjgl.PointerBuffer;

/**
 * {@code convgemm}: CLBlast's routine of that name, one kernel that multiplies windows which it reads
 * out of x as it goes. x is (mb, ic, ih, iw), w (oc, ic, kh, kw) and y (mb, oc, oh, ow).
 */
final class Convgemm implements Plan {
    private final ClBlast blast;
    private final ConvProblem problem;
    private final DeviceTensor x;
    private final DeviceTensor w;
    private final DeviceTensor y;

    /** @throws UnsupportedConvException if the routine has no arguments for such a problem */
    Convgemm(ClBlast blast, ConvProblem problem, Tensor x, Tensor w, Tensor y) throws UnsupportedConvException {
        if (problem.g() > 1) {
            throw new UnsupportedConvException("CLBlast's convgemm knows no groups, and the problem has " + problem.g());
        }
        requireItsOutput("lines", problem.ih(), problem.padTop(), problem.dilatedKh(), problem.sh(), problem.oh());
        requireItsOutput("columns", problem.iw(), problem.padLeft(), problem.dilatedKw(), problem.sw(), problem.ow());
        this.blast = blast;
        this.problem = problem;
        this.x = Plan.dense("x", x, 0, 3, 1, 2);
        this.w = Plan.dense("w", w, 3, 2, 0, 1);
        this.y = Plan.dense("y", y, 0, 3, 1, 2);
    }

    /** It takes one padding for both sides, and makes as many outputs as fit then. */
    private static void requireItsOutput(String what, long input, long padding, long kernel, long stride, long output)
            throws UnsupportedConvException {
        long its = (input + 2 * padding - kernel) / stride + 1;
        if (input + 2 * padding < kernel || its != output) {
            throw new UnsupportedConvException(
                    "CLBlast's convgemm pads both sides alike, and would give %d %s with a padding of %d, where the problem has %d"
                            .formatted(Math.max(0, its), what, padding, output));
        }
    }

    @Override
    public DeviceTensor x() {
        return x;
    }

    @Override
    public DeviceTensor w() {
        return w;
    }

    @Override
    public DeviceTensor y() {
        return y;
    }

    @Override
    public void declare(DeviceMemory memory) {}

    @Override
    public List<Command> assemble(Resources resources) {
        return List.of(new Command() {
            @Override
            public String stage() {
                return "convgemm";
            }

            @Override
            public Kind kind() {
                return Kind.KERNEL;
            }

            @Override
            public void enqueue(long queue, PointerBuffer event) {
                blast.convgemm(x.dtype(), problem, x.handle(), w.handle(), y.handle(), queue, event);
            }
        });
    }
}
