package io.github.convgauge.openclc;

import io.github.convgauge.backend.UnsupportedConvException;
import io.github.convgauge.conv.ConvProblem;
import io.github.convgauge.tensor.DType;
import io.github.convgauge.tensor.Layout;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/**
 * {@code implicit-gemm}: the product of im2col+gemm whose left operand is read from x itself, tile by tile
 * (implicit_gemm.cl). For GPUs: it lives on local memory that is faster than a cache.
 *
 * <p>The weights are a {@link WeightMatrix}. Where a problem has few tiles, several work-groups share the terms of
 * each (split-K), and a kernel of its own adds up what they leave.
 */
final class ImplicitGemm implements Plan {
    /** Work-groups for each compute unit: one waits at its barrier while another multiplies. */
    private static final int GROUPS_PER_UNIT = 3;
    /** Chunks of terms that are worth a work-group's start and the sum at the end. */
    private static final int FEWEST_CHUNKS = 4;
    private static final int MOST_SPLITS = 16;
    /** With fewer channels, tiles stay wide enough for a warp and some lanes are idle. */
    private static final int FEWEST_CHANNELS = 9;
    private static final int WARP = 32;

    /**
     * What a work-group computes at once.
     *
     * @param m output pixels
     * @param n output channels of one group
     * @param k terms in local memory
     * @param itemM pixels of a work item
     * @param itemN neighbouring channels of a work item: 1, 2 or 4
     */
    record Tile(int m, int n, int k, int itemM, int itemN) {
        /** From the one that loads the least for each product to those that any device runs. */
        static final List<Tile> ALL = List.of(
                new Tile(64, 64, 16, 8, 4), new Tile(64, 32, 16, 4, 4), new Tile(32, 32, 16, 4, 4), new Tile(32, 16, 16, 4, 2),
                new Tile(16, 16, 8, 4, 2), new Tile(4, 4, 4, 2, 2), new Tile(1, 1, 1, 1, 1));

        int items() {
            return m / itemM * (n / itemN);
        }

        /** Whether its items divide the elements of a chunk evenly, as the kernel wants it. */
        boolean isWhole() {
            return m % itemM == 0 && n % itemN == 0 && items() % k == 0 && items() % n == 0
                    && m * k % items() == 0 && n * k % items() == 0;
        }

        boolean fits(Target target, DType dtype) {
            long local = ((long) k * (m + 1) + (long) k * n) * dtype.bytes();
            return items() <= target.workGroup() && items() <= target.workItems().getFirst() && local <= target.localMemory();
        }

        /** Whether a problem has channels for half of it. */
        boolean isFor(ConvProblem p) {
            return n < 2 * Math.max(p.groupOc(), FEWEST_CHANNELS);
        }

        long count(ConvProblem p) {
            return Math.ceilDiv((long) p.mb() * p.oh() * p.ow(), m) * Math.ceilDiv(p.groupOc(), n) * p.g();
        }
    }

    private final ConvProblem problem;
    private final Operand x;
    private final Operand y;
    private final Tile tile;
    /** Whether it is that tile or none. */
    private final boolean asked;
    private final int splits;
    private final WeightMatrix weights;
    private final Buffer partial;

    /** @throws UnsupportedConvException if no tile fits the device, or not the one that was asked for, or it counts too far */
    ImplicitGemm(Target target, ConvProblem problem, Operand x, Operand w, Operand y, Variant variant)
            throws UnsupportedConvException {
        this.problem = problem;
        this.x = x;
        this.y = y;
        tile = variant.tile(tile(target, problem, x.dtype()));
        asked = variant.hasTileWords();
        if (!tile.fits(target, x.dtype())) {
            throw new UnsupportedConvException("%s takes more items or local memory than groups of this device have".formatted(tile));
        }
        splits = variant.splits(splits(target, problem, tile), MOST_SPLITS);
        weights = new WeightMatrix(target, problem, w);
        double elements = (double) splits * places() * problem.oc();
        if (splits > 1) {
            Operand.requireInt("the partial sums", elements);
        }
        partial = splits > 1 ? Buffer.scratch("the partial sums", (long) elements) : y.buffer();
        Operand.requireInt("x with its padding", (double) problem.mb() * (problem.ih() + problem.padTop() + problem.dilatedKh())
                * (problem.iw() + problem.padLeft() + problem.dilatedKw()) * problem.ic());
    }

    /**
     * The largest that the problem has channels for and that, its terms shared among as many as they are worth, has work-groups
     * for all compute units; where none has, the smallest that still fills a warp.
     */
    static Tile tile(Target target, ConvProblem p, DType dtype) {
        List<Tile> fitting = Tile.ALL.stream().filter(t -> t.fits(target, dtype)).toList();
        List<Tile> warps = fitting.stream().filter(t -> t.isFor(p) && t.items() >= WARP).toList();
        return warps.stream().filter(t -> t.count(p) * mostSplits(p, t) >= target.computeUnits() * 3L / 2).findFirst()
                .or(() -> warps.reversed().stream().findFirst())
                .or(() -> fitting.stream().findFirst())
                .orElse(Tile.ALL.getLast());
    }

    static int splits(Target target, ConvProblem p, Tile tile) {
        long wanted = Math.ceilDiv((long) GROUPS_PER_UNIT * target.computeUnits(), tile.count(p));
        return (int) Math.clamp(wanted, 1, mostSplits(p, tile));
    }

    private static int mostSplits(ConvProblem p, Tile tile) {
        return (int) Math.clamp(p.terms() / ((long) FEWEST_CHUNKS * tile.k()), 1, MOST_SPLITS);
    }

    private long places() {
        return (long) problem.mb() * problem.oh() * problem.ow();
    }

    @Override
    public List<Buffer> scratch() {
        List<Buffer> scratch = new ArrayList<>(weights.scratch());
        if (splits > 1) {
            scratch.add(partial);
        }
        return scratch;
    }

    @Override
    public List<Call> weights() {
        return weights.calls();
    }

    @Override
    public List<Call> activations() {
        List<Call> calls = new ArrayList<>();
        calls.add(multiply(tile));
        if (splits > 1) {
            Constants constants = new Constants(y.dtype(), 1)
                    .put("SPLITS", splits).put("M", places()).put("OC", problem.oc())
                    .put("OH", problem.oh()).put("OW", problem.ow())
                    .put("Y", y.layout(), "N", "H", "W", "C");
            Program program = new Program("sum_splits", constants, "real.cl", "sum_splits.cl");
            calls.add(Call.free("sum", program, List.of(partial, y.buffer()), problem.oc(), places()));
        }
        return calls;
    }

    /** In that tile or, unless it was asked for, in a smaller one where the compiled kernel has no such groups on the device. */
    private Call multiply(Tile tile) {
        Layout to = splits > 1 ? Layout.contiguous(problem.ySizes()) : y.layout();
        Constants constants = new Constants(x.dtype(), tile.itemN())
                .put("TILE_M", tile.m()).put("TILE_N", tile.n()).put("TILE_K", tile.k()).put("ITEM_M", tile.itemM())
                .put("SPLITS", splits)
                // Whole chunks, so that only the last one of all has terms too few.
                .put("SPLIT_K", Math.ceilDiv(Math.ceilDiv(problem.terms(), (long) splits), (long) tile.k()) * tile.k())
                .put("M", places()).put("N", problem.groupOc()).put("K", problem.terms())
                .put("CHANNELS", problem.groupOc());
        weights.put(constants, "W");
        Direct.putProblem(constants, problem, x, y);
        constants.put("Y", to, "N", "H", "W", "C").put("Y_SPLIT", splits > 1 ? places() * problem.oc() : 0);
        Program program = new Program("implicit_gemm", constants, "real.cl", "lanes.cl", "implicit_gemm.cl");
        long[] local = {tile.items(), 1, 1};
        long[] global = {
            Math.ceilDiv(problem.groupOc(), tile.n()) * (long) tile.items(), Math.ceilDiv(places(), tile.m()), (long) problem.g() * splits
        };
        Optional<Tile> next = Tile.ALL.stream().filter(t -> t.items() < tile.items()).findFirst();
        return Call.fixed(
                "gemm", program, List.of(x.buffer(), weights.buffer(), partial), new WorkSize(global, local),
                asked ? Optional.empty() : next.map(this::multiply));
    }
}
