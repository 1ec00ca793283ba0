package io.github.convgauge.clblast;

import io.github.convgauge.backend.DeviceMemory;
import io.github.convgauge.backend.UnsupportedConvException;
import io.github.convgauge.cl.ClContext;
import io.github.convgauge.cl.Command;
import io.github.convgauge.cl.DeviceTensor;
import io.github.convgauge.cl.Launch;
import io.github.convgauge.cl.Resources;
import io.github.convgauge.conv.ConvProblem;
import io.github.convgauge.openclc.Buffer;
import io.github.convgauge.openclc.Columns;
import io.github.convgauge.tensor.DType;
import io.github.convgauge.tensor.Tensor;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.lwjgl.PointerBuffer;

/**
 * {@code im2col+gemm}: the copy of the backend {@code opencl}, then CLBlast's GEMM. All tensors are in
 * the order of the problem, where the product of all windows and w, (mb·oh·ow, kh·kw·ic/g) ×
 * (kh·kw·ic/g, oc/g), is y as it lies. Groups are one strided batch: w's and y's columns of a group
 * are matrices by a leading dimension of oc. A dense 1×1 convolution needs no copy, in groups neither:
 * x's channels of a group are a matrix by a leading dimension of ic.
 */
final class ColumnsGemm implements Plan {
    private final ClBlast blast;
    private final ConvProblem problem;
    private final DType dtype;
    private final DeviceTensor x;
    private final DeviceTensor w;
    private final DeviceTensor y;
    /** None where x is the matrix. */
    private final Optional<Columns> columns;
    private final ClBlast.Product product;
    private final long scratchBytes;

    /** @param context asked for what CLBlast's GEMM allocates on this device */
    ColumnsGemm(ClBlast blast, ClContext context, ConvProblem problem, Tensor x, Tensor w, Tensor y)
            throws UnsupportedConvException {
        this.blast = blast;
        this.problem = problem;
        dtype = x.dtype();
        this.x = Plan.dense("x", x, 0, 1, 2, 3);
        this.w = Plan.dense("w", w, 0, 1, 2, 3);
        this.y = Plan.dense("y", y, 0, 1, 2, 3);
        boolean dense = problem.kh() == 1 && problem.kw() == 1 && problem.sh() == 1 && problem.sw() == 1 && !problem.hasPadding();
        columns = dense
                ? Optional.empty()
                : Optional.of(new Columns(context.device().target(), problem, this.x.operand(), KERNELS));
        long places = (long) problem.mb() * problem.oh() * problem.ow();
        product = new ClBlast.Product(
                places, problem.groupOc(), problem.terms(),
                dense ? problem.ic() : problem.terms(), dense ? problem.groupIc() : places * problem.terms(),
                problem.oc(), problem.groupOc(), problem.oc(), problem.groupOc(), problem.g());
        scratchBytes = blast.scratchBytes(dtype, product, context.queue());
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
    public void declare(DeviceMemory memory) {
        scratch().forEach(buffer -> memory.add(buffer.name(), buffer.elements() * dtype.bytes()));
        if (scratchBytes > 0) {
            memory.add("CLBlast's copies of the matrices", scratchBytes);
        }
    }

    private List<Buffer> scratch() {
        return columns.map(Columns::scratch).orElse(List.of());
    }

    @Override
    public List<Command> assemble(Resources resources) throws UnsupportedConvException {
        Map<Buffer, Long> handles = new HashMap<>(Map.of(x.operand().buffer(), x.handle()));
        scratch().forEach(buffer -> handles.put(buffer, resources.buffer(buffer, dtype.bytes())));
        List<Command> commands = new ArrayList<>(
                Launch.all(resources, columns.map(Columns::calls).orElse(List.of()), handles));
        long matrix = handles.get(columns.map(Columns::matrix).orElse(x.operand().buffer()));
        // Several groups are a call that allocates for itself; the other one wants a buffer also where it needs none.
        long scratch = problem.g() == 1 ? resources.buffer(Math.max(scratchBytes, dtype.bytes())) : 0;
        commands.add(new Command() {
            @Override
            public String stage() {
                return "gemm";
            }

            @Override
            public Kind kind() {
                return Kind.KERNELS;
            }

            @Override
            public void enqueue(long queue, PointerBuffer event) {
                blast.multiply(dtype, product, matrix, w.handle(), y.handle(), scratch, queue, event);
            }
        });
        return commands;
    }
}
