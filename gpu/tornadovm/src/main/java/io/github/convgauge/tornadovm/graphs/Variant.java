package io.github.convgauge.tornadovm.graphs;

import io.github.convgauge.backend.ConvSpec;
import io.github.convgauge.backend.UnsupportedConvException;
import io.github.convgauge.conv.ConvProblem;
import io.github.convgauge.conv.Padding;
import io.github.convgauge.tensor.Layout;
import io.github.convgauge.tornadovm.grids.Grids;
import io.github.convgauge.tornadovm.kernels.BlockedF32;
import io.github.convgauge.tornadovm.kernels.LinesF32;
import io.github.convgauge.tornadovm.kernels.PairsF32;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.stream.Collectors;
import java.util.stream.IntStream;
import uk.ac.manchester.tornado.api.WorkerGrid;

/**
 * The sizes that a row was asked to run with in place of those that {@link Blocking} and {@link Grids} choose, and which
 * of them are worth timing. As text, words such as {@code lanes=16 pixels=7 group=1x64}: the lanes of a vector of output channels,
 * the pixels of a line that a work item computes, the work items of a group of the kernel that convolves or multiplies, along
 * its two loops, and the {@code splits} of the implicit product's terms. What a text leaves out is the default's. Tile sizes are constants of the compiled Java methods, so there is no choice of them.
 */
public final class Variant {
    private static final String LANES = "lanes";
    private static final String PIXELS = "pixels";
    private static final String GROUP = "group";
    private static final String SPLITS = "splits";
    private static final int[] ALL_SPLITS = {1, 2, 4, 8, 16};
    private static final int[] ALL_LANES = {1, 4, 8, 16};
    private static final int[] CPU_GROUPS = {1, 8, 64, 256};
    private static final int[] GPU_PIXELS = {1, 2, 4, 8};
    private static final int[] GPU_GROUPS = {32, 64, 128, 256, 512};
    private static final int[] GPU_WIDTHS = {1, 8, 16, 32, 64};

    private final String text;
    private final Map<String, String> words;

    private Variant(String text, Map<String, String> words) {
        this.text = text;
        this.words = words;
    }

    /**
     * @param text "" for the default
     * @throws UnsupportedConvException if the algorithm has no such sizes
     */
    static Variant parse(String algorithm, String text) throws UnsupportedConvException {
        Map<String, String> words = new LinkedHashMap<>();
        List<String> names = switch (algorithm) {
            case ConvGraph.DIRECT_BLOCKED -> List.of(LANES, PIXELS, GROUP);
            case ConvGraph.IMPLICIT_GEMM -> List.of(SPLITS);
            case ConvGraph.DIRECT, ConvGraph.IM2COL_GEMM -> List.of(GROUP);
            default -> List.of();
        };
        for (String word : text.isEmpty() ? new String[0] : text.split(" ", -1)) {
            String name = word.replaceFirst("=.*", "");
            boolean isSize = word.matches("(lanes|pixels|splits)=[1-9]\\d?|group=[1-9]\\d{0,8}x[1-9]\\d{0,8}");
            if (!names.contains(name) || !isSize || words.put(name, word.substring(name.length() + 1)) != null) {
                throw new UnsupportedConvException("%s has no variant '%s': %s".formatted(
                        algorithm, text, names.isEmpty() ? "it has none" : "its words are " + String.join(", ", names)));
            }
        }
        return new Variant(text, words);
    }

    /** Whole vectors of a line's pixels, of as many lanes as were asked for; empty where there are none. */
    Optional<Lines> lines(Grids grids, Windows merged, int elementBytes) throws UnsupportedConvException {
        Optional<Lines> lines = words.containsKey(LANES)
                ? Lines.of(grids, merged, elementBytes, lanes(grids, merged.goc(), elementBytes))
                : Lines.of(grids, merged, elementBytes);
        if (!words.containsKey(PIXELS)) {
            return lines;
        }
        Optional<Lines> asked = lines.flatMap(l -> l.withPixels(merged, Integer.parseInt(words.get(PIXELS))));
        if (asked.isEmpty()) {
            throw new UnsupportedConvException("the variant '%s' cannot be: %s".formatted(text, lines.isEmpty()
                    ? "the kernel for such channels or lines has %d pixels a work item".formatted(BlockedF32.PIXELS)
                    : "a work item has no more pixels than a line, and up to %d of one vector or %d of two"
                            .formatted(LinesF32.MOST_PIXELS, PairsF32.MOST_PIXELS)));
        }
        return asked;
    }

    /** Work-groups that share the terms of a tile of the implicit product. */
    int splits(Grids grids, ConvProblem problem) throws UnsupportedConvException {
        int splits = words.containsKey(SPLITS) ? Integer.parseInt(words.get(SPLITS)) : Tiles.splits(grids, problem);
        if (splits > Tiles.MOST_SPLITS) {
            throw new UnsupportedConvException("the variant '%s' cannot be: there are up to %d splits".formatted(text, Tiles.MOST_SPLITS));
        }
        return splits;
    }

    /** Of a vector of output channels. */
    int lanes(Grids grids, int goc, int elementBytes) throws UnsupportedConvException {
        if (!words.containsKey(LANES)) {
            return Blocking.lanes(grids, goc, elementBytes);
        }
        int lanes = Integer.parseInt(words.get(LANES));
        if (Arrays.stream(ALL_LANES).noneMatch(known -> known == lanes) || !Blocking.fits(lanes, goc, elementBytes)) {
            throw new UnsupportedConvException("the variant '%s' cannot be: there are vectors of %s lanes here".formatted(
                    text, Arrays.stream(ALL_LANES).filter(known -> Blocking.fits(known, goc, elementBytes))
                            .mapToObj(Integer::toString).collect(Collectors.joining(", "))));
        }
        return lanes;
    }

    /** Work sizes of the kernel of whole vectors. */
    WorkerGrid grid(Grids grids, Windows merged, Lines lines) throws UnsupportedConvException {
        return words.containsKey(GROUP) ? grid(grids, lines.outer(merged), lines.inner(merged)) : lines.grid(grids, merged);
    }

    /** Work sizes of another kernel that convolves or multiplies. */
    WorkerGrid grid(Grids grids, int outer, int inner) throws UnsupportedConvException {
        if (!words.containsKey(GROUP)) {
            return grids.parallel(outer, inner);
        }
        int[] group = Arrays.stream(words.get(GROUP).split("x")).mapToInt(Integer::parseInt).toArray();
        if ((double) group[0] * group[1] > grids.maxWorkGroup()) {
            throw new UnsupportedConvException("the variant '%s' cannot be: the device has groups of up to %d items".formatted(
                    text, grids.maxWorkGroup()));
        }
        return Grids.grouped(outer, inner, group[0], group[1]);
    }

    /** What is worth timing, the default first; empty where there is nothing to choose. */
    public static List<String> list(Grids grids, ConvSpec spec) {
        ConvProblem p = spec.problem();
        int bytes = spec.dtype().bytes();
        int rows = p.mb() * p.oh() * p.ow();
        return switch (spec.algorithm()) {
            case ConvGraph.DIRECT_BLOCKED -> {
                Windows framed = Windows.of(p, Layout.contiguous(Padding.frameSizes(p))).merged();
                Windows merged = Windows.overEdges(p, Layout.contiguous(p.xSizes()))
                        .filter(windows -> Lines.of(grids, windows, bytes).isPresent()).orElse(framed);
                Optional<Lines> lines = Lines.of(grids, merged, bytes);
                int lanes = lines.map(Lines::lanes).orElse(Blocking.lanes(grids, p.groupOc(), bytes));
                List<String> groups = lines.map(l -> groups(grids, merged, l)).orElseGet(() -> groups(
                        grids, p.g() * Math.ceilDiv(p.groupOc(), lanes), Math.ceilDiv(rows, BlockedF32.PIXELS)));
                Set<String> vectors = new LinkedHashSet<>();
                lines.filter(l -> !grids.cpu()).ifPresentOrElse(
                        l -> IntStream.concat(IntStream.of(l.pixels()), Arrays.stream(GPU_PIXELS))
                                .filter(pixels -> l.withPixels(merged, pixels).isPresent())
                                .forEach(pixels -> vectors.add("%s=%d %s=%d".formatted(LANES, lanes, PIXELS, pixels))),
                        () -> vectors.add(LANES + "=" + lanes));
                Arrays.stream(ALL_LANES).filter(other -> Blocking.isFor(grids, other) && Blocking.fits(other, p.groupOc(), bytes))
                        .filter(other -> grids.cpu() || other != lanes)
                        .forEach(other -> vectors.add(LANES + "=" + other));
                List<String> all = new ArrayList<>();
                vectors.forEach(vector -> groups.forEach(group -> all.add(vector + " " + group)));
                yield all;
            }
            case ConvGraph.DIRECT -> groups(grids, p.oc(), rows);
            case ConvGraph.IM2COL_GEMM -> {
                if (!grids.cpu()) {
                    yield groups(grids, p.oc(), rows);
                }
                Windows columns = Windows.of(p, Layout.contiguous(Padding.frameSizes(p))).ofColumns(0).merged();
                yield Lines.of(grids, columns, bytes).map(lines -> groups(grids, columns, lines)).orElseGet(() -> groups(
                        grids, p.g() * Math.ceilDiv(p.groupOc(), Blocking.lanes(grids, p.groupOc(), bytes)),
                        Math.ceilDiv(rows, BlockedF32.PIXELS)));
            }
            case ConvGraph.IMPLICIT_GEMM -> IntStream.concat(IntStream.of(Tiles.splits(grids, p)), Arrays.stream(ALL_SPLITS))
                    .distinct().mapToObj(splits -> SPLITS + "=" + splits).toList();
            default -> List.of();
        };
    }

    private static List<String> groups(Grids grids, Windows merged, Lines lines) {
        return groups(grids, lines.grid(grids, merged), lines.outer(merged), lines.inner(merged));
    }

    private static List<String> groups(Grids grids, int outer, int inner) {
        return groups(grids, grids.parallel(outer, inner), outer, inner);
    }

    /** The group that {@link Grids} takes, and others. */
    private static List<String> groups(Grids grids, WorkerGrid ours, int outer, int inner) {
        Set<String> groups = new LinkedHashSet<>();
        long[] standard = ours.getLocalWork();
        groups.add(group(standard[0], standard[1]));
        for (int size : grids.cpu() ? CPU_GROUPS : GPU_GROUPS) {
            for (int width : grids.cpu() ? new int[] {1, size} : GPU_WIDTHS) {
                long first = Math.min(Math.min(width, size), powerOfTwo(outer));
                long second = Math.min(size / first, powerOfTwo(inner));
                if (first * second <= grids.maxWorkGroup()) {
                    groups.add(group(first, second));
                }
            }
        }
        return List.copyOf(groups);
    }

    private static String group(long outer, long inner) {
        return GROUP + "=" + outer + "x" + inner;
    }

    /** The smallest power of two that is not below an extent. */
    private static long powerOfTwo(int extent) {
        return Long.highestOneBit(Math.max(1, 2L * extent - 1));
    }
}
