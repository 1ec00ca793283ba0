package io.github.convgauge.openclc;

import io.github.convgauge.backend.UnsupportedConvException;
import io.github.convgauge.conv.ConvProblem;
import io.github.convgauge.conv.Im2col;
import io.github.convgauge.conv.Padding;
import io.github.convgauge.tensor.Layout;
import java.util.ArrayList;
import java.util.List;

/**
 * Every window of x copied into one row of the column matrix, (g, mb·oh·ow, kh·kw·ic/g). Groups lie one
 * behind the other, and one launch does them all. Padding is a copy of x into a zeroed frame first.
 */
public final class Columns {
    private final Target target;
    private final ConvProblem problem;
    private final Operand x;
    private final long rows;

    /**
     * @param who for people, what reads the matrix: {@code the kernels}
     * @throws UnsupportedConvException if the matrix, or the frame, has 2^31 elements or more
     */
    public Columns(Target target, ConvProblem problem, Operand x, String who) throws UnsupportedConvException {
        this.target = target;
        this.problem = problem;
        this.x = x;
        rows = (long) problem.mb() * problem.oh() * problem.ow();
        Operand.requireInt("the column matrix", (double) rows * problem.terms() * problem.g(), who);
        if (problem.hasPadding()) {
            double frame = 1;
            for (long size : Padding.frameSizes(problem)) {
                frame *= size;
            }
            Operand.requireInt("the padded x", frame, who);
        }
    }

    private Layout frame() {
        return Layout.contiguous(Padding.frameSizes(problem));
    }

    private Buffer frameBuffer() {
        return Buffer.zeros("the padded x", frame().size());
    }

    public Buffer matrix() {
        return Buffer.scratch("the column matrix", rows * problem.terms() * problem.g());
    }

    /** The matrix, and the frame if there is one. */
    public List<Buffer> scratch() {
        return problem.hasPadding() ? List.of(matrix(), frameBuffer()) : List.of(matrix());
    }

    public List<Call> calls() {
        List<Call> calls = new ArrayList<>();
        Buffer source = x.buffer();
        Layout layout = x.layout();
        if (problem.hasPadding()) {
            source = frameBuffer();
            layout = frame();
            calls.add(new StridedCopy(target, x.dtype(), x.layout(), Padding.interior(layout, problem))
                    .call("pad", x.buffer(), source));
        }
        Layout windows = Im2col.view(layout, problem, 0);
        calls.add(new StridedCopy(target, x.dtype(), windows, Layout.contiguous(windows.sizes()))
                .times(problem.g(), problem.groupIc() * layout.stride(3), rows * problem.terms())
                .call("im2col", source, matrix()));
        return calls;
    }
}
