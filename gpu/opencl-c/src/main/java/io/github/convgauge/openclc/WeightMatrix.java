package io.github.convgauge.openclc;

import io.github.convgauge.conv.ConvProblem;
import io.github.convgauge.tensor.Layout;
import java.util.List;
import java.util.OptionalLong;

/**
 * The weights as a matrix (kh·kw·ic/g, oc) that a kernel reads by two strides, element by element. Where no two lead through
 * w, a stage of its own lays them out as (kh, kw, ic/g, oc), once where they stay on the device.
 */
final class WeightMatrix {
    private final Target target;
    private final ConvProblem problem;
    private final Operand w;
    private final boolean inPlace;
    private final Buffer buffer;

    WeightMatrix(Target target, ConvProblem problem, Operand w) {
        this.target = target;
        this.problem = problem;
        this.w = w;
        inPlace = row(w.layout()).isPresent();
        buffer = inPlace ? w.buffer() : Buffer.scratch("the packed weights", w.layout().size());
    }

    /** The stride of w as a matrix (kh·kw·ic/g, oc), if one leads through its rows. */
    static OptionalLong row(Layout w) {
        long length = 1;
        long stride = 0;
        for (int d = 2; d >= 0; d--) {
            if (w.size(d) == 1) {
                continue; // any stride will do
            }
            if (length > 1 && w.stride(d) != length * stride) {
                return OptionalLong.empty();
            }
            stride = length == 1 ? w.stride(d) : stride;
            length *= w.size(d);
        }
        return OptionalLong.of(stride);
    }

    private Layout layout() {
        return inPlace ? w.layout() : Layout.contiguous(w.layout().sizes());
    }

    Buffer buffer() {
        return buffer;
    }

    List<Buffer> scratch() {
        return inPlace ? List.of() : List.of(buffer);
    }

    /** What lays them out. */
    List<Call> calls() {
        return inPlace
                ? List.of()
                : List.of(new StridedCopy(target, w.dtype(), w.layout(), layout()).call("weights", w.buffer(), buffer));
    }

    /** PREFIX_OFFSET, PREFIX_ROW, PREFIX_COLUMN, and PREFIX_GROUP from a group's columns to the next one's. */
    void put(Constants constants, String prefix) {
        Layout layout = layout();
        long column = problem.oc() == 1 ? 0 : layout.stride(3);
        constants.put(prefix + "_OFFSET", layout.offset())
                .put(prefix + "_ROW", row(layout).getAsLong())
                .put(prefix + "_COLUMN", column)
                .put(prefix + "_GROUP", problem.groupOc() * column);
    }
}
