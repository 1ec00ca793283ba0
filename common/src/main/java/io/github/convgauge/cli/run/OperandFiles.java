package io.github.convgauge.cli.run;

import io.github.convgauge.conv.ConvProblem;
import io.github.convgauge.tensor.Layout;
import io.github.convgauge.tensor.Npy;
import io.github.convgauge.tensor.NpyException;
import io.github.convgauge.worker.DimensionOrder;
import java.nio.file.Path;
import java.util.LinkedHashMap;
import java.util.Map;

/** The problem that the user's own x.npy and w.npy are. */
final class OperandFiles {
    private OperandFiles() {}

    /**
     * The sizes of both files, with stride, padding, dilation and groups from a problem's text.
     *
     * @param text may be null; must not contradict the files
     */
    static ConvProblem problem(Path x, Path w, DimensionOrder order, String text) {
        long[] xs = sizes(x, order == DimensionOrder.NHWC ? "(N, H, W, C)" : "(N, C, H, W)");
        long[] ws = sizes(w, order == DimensionOrder.NHWC ? "(KH, KW, Cin/g, Cout)" : "(Cout, Cin/g, KH, KW)");
        boolean nhwc = order == DimensionOrder.NHWC;
        Map<String, Long> sizes = new LinkedHashMap<>();
        sizes.put("mb", xs[0]);
        sizes.put("ih", nhwc ? xs[1] : xs[2]);
        sizes.put("iw", nhwc ? xs[2] : xs[3]);
        sizes.put("ic", nhwc ? xs[3] : xs[1]);
        sizes.put("kh", nhwc ? ws[0] : ws[2]);
        sizes.put("kw", nhwc ? ws[1] : ws[3]);
        sizes.put("oc", nhwc ? ws[3] : ws[0]);
        long weightChannels = nhwc ? ws[2] : ws[1];
        ConvProblem problem;
        try {
            problem = ConvProblem.parse(text == null ? "" : text, sizes);
        } catch (IllegalArgumentException e) {
            throw new InputException(e.getMessage());
        }
        if (problem.groupIc() != weightChannels) {
            throw new InputException(
                    "%s and %s do not fit: x has %d channels, in %d group%s of %d, and w takes %d; their sizes are %s and %s"
                            .formatted(
                                    x, w, problem.ic(), problem.g(), problem.g() == 1 ? "" : "s", problem.groupIc(),
                                    weightChannels, Layout.tuple(xs), Layout.tuple(ws)));
        }
        return problem;
    }

    private static long[] sizes(Path file, String expected) {
        long[] sizes;
        try {
            sizes = Npy.peek(file).sizes();
        } catch (NpyException e) {
            throw new InputException(e.getMessage());
        }
        if (sizes.length != 4) {
            throw new InputException("%s has sizes %s; %s are needed".formatted(file, Layout.tuple(sizes), expected));
        }
        return sizes;
    }
}
