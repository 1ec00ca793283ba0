package io.github.convgauge.cpu;

import io.github.convgauge.backend.PreparedConv;
import io.github.convgauge.backend.UnsupportedConvException;
import io.github.convgauge.conv.ConvProblem;
import io.github.convgauge.tensor.Layout;
import io.github.convgauge.tensor.Tensor;

/**
 * {@code kxk}: one matrix product for each tap, added up in the output,
 *
 * <pre>y += x[:, i : i+oh, j : j+ow, :] @ w[i, j]</pre>
 *
 * <p>Stride and dilation are only strides and the start of that slice of x. Padding needs no frame:
 * a tap that meets padding at the border adds nothing there, so its slice is that much smaller.
 */
final class KxkConv implements PreparedConv {
    private final ConvProblem problem;
    private final Tensor x;
    private final Tensor w;
    private final Tensor y;
    private final RowRun yRun;
    private final WorkerPool pool;
    private final Gemm[] gemms;
    private final WorkerPool.Task addTaps = this::addTaps;

    KxkConv(ConvProblem problem, Tensor x, Tensor w, Tensor y, WorkerPool pool) throws UnsupportedConvException {
        if (problem.g() > 1) {
            throw new UnsupportedConvException(
                    "kxk multiplies all input channels with all output channels at each tap, and g%d keeps them apart"
                            .formatted(problem.g()));
        }
        this.problem = problem;
        this.x = x;
        this.w = w;
        this.y = y;
        yRun = RowRun.of(y.layout());
        this.pool = pool;
        long places = (long) problem.mb() * problem.oh() * problem.ow();
        gemms = new Gemm[pool.threads()];
        for (int part = 0; part < gemms.length; part++) {
            gemms[part] = Gemm.of(y.dtype(), places, problem.ic(), problem.oc());
        }
    }

    @Override
    public void execute() {
        pool.run(addTaps);
    }

    @Override
    public Tensor output() {
        return y;
    }

    /** Each thread has its own places of the output, so nobody waits for anybody between the taps. */
    private void addTaps(int part, int parts) {
        Gemm gemm = gemms[part];
        long places = (long) problem.mb() * problem.oh() * problem.ow();
        long end = Share.begin(places, part + 1, parts);
        for (int o = 0; o < problem.oc(); o += Gemm.MAX_COLUMNS) {
            int columns = Math.min(Gemm.MAX_COLUMNS, problem.oc() - o);
            for (long place = Share.begin(places, part, parts); place < end; place += Gemm.MAX_ROWS) {
                int rows = (int) Math.min(Gemm.MAX_ROWS, end - place);
                gemm.begin(rows, columns);
                for (int a = 0; a < problem.kh(); a++) {
                    for (int b = 0; b < problem.kw(); b++) {
                        addTap(gemm, a, b, o, place, rows);
                    }
                }
                gemm.store(rows, y, yRun, place, o);
            }
        }
    }

    /** Adds x @ w[a, b] to some places of the output and the channels from o on. */
    private void addTap(Gemm gemm, int a, int b, int o, long place, int rows) {
        Layout wl = w.layout();
        for (int k = 0; k < problem.ic(); k += Gemm.MAX_DEPTH) {
            int depth = Math.min(Gemm.MAX_DEPTH, problem.ic() - k);
            long at = wl.offset() + a * wl.stride(0) + b * wl.stride(1) + k * wl.stride(2) + o * wl.stride(3);
            gemm.packB(w.storage(), at, wl.stride(2), wl.stride(3), depth);
            addSlices(gemm, a, b, k, place, rows);
        }
    }

    /** Multiplies the tap's slice of x, of which each row of the output sees one line. */
    private void addSlices(Gemm gemm, int a, int b, int k, long place, int rows) {
        Layout xl = x.layout();
        long down = a * (problem.dh() + 1L) - problem.padTop();
        long right = b * (problem.dw() + 1L) - problem.padLeft();
        long firstRow = firstInside(problem.sh(), down);
        long endRow = endInside(problem.sh(), down, problem.ih(), problem.oh());
        long firstColumn = firstInside(problem.sw(), right);
        long endColumn = endInside(problem.sw(), right, problem.iw(), problem.ow());
        long ow = problem.ow();
        for (long line = place / ow; line * ow < place + rows; line++) {
            long n = line / problem.oh();
            long i = line % problem.oh();
            long j = Math.max(firstColumn, place - line * ow);
            long end = Math.min(endColumn, place + rows - line * ow);
            if (i < firstRow || i >= endRow || j >= end) {
                continue;
            }
            long h = i * problem.sh() + down;
            long v = j * problem.sw() + right;
            gemm.add(
                    (int) (line * ow + j - place), (int) (end - j), x.storage(),
                    xl.offset() + n * xl.stride(0) + h * xl.stride(1) + v * xl.stride(2) + k * xl.stride(3),
                    problem.sw() * xl.stride(2), xl.stride(3));
        }
    }

    /** The first output whose tap, at output · stride + shift, lies in the input and not before it. */
    private static long firstInside(long stride, long shift) {
        return Math.max(0, Math.ceilDiv(-shift, stride));
    }

    /** One more than the last output whose tap lies in the input and not behind it. */
    private static long endInside(long stride, long shift, long in, long out) {
        return Math.min(out, Math.ceilDiv(in - shift, stride));
    }
}
