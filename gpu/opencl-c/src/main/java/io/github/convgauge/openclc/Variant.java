package io.github.convgauge.openclc;

import io.github.convgauge.backend.ConvSpec;
import io.github.convgauge.backend.UnsupportedConvException;
import io.github.convgauge.conv.ConvProblem;
import io.github.convgauge.tensor.DType;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.TreeSet;
import java.util.stream.Collectors;
import java.util.stream.LongStream;

/**
 * The sizes that a row was asked to run with in place of those that {@link Blocking} and {@link WorkSize} choose, and
 * which of them are worth timing. As text, words such as {@code lanes=16 pixels=14 vectors=2 group=1x1}:
 *
 * <ul>
 *   <li>{@code lanes}: of a vector, 1, 2, 4, 8 or 16
 *   <li>{@code pixels}, {@code rows}: outputs a work item along the line, or down the matrix
 *   <li>{@code vectors}: of neighbouring output channels, for each of those pixels or rows
 *   <li>{@code tile}: the side of a work-group and its tiles in local memory
 *   <li>{@code pixels}, {@code channels}, {@code chunk}, {@code rows} and {@code lanes}, all five or none of them: of a work-group
 *       of {@code implicit-gemm} the output pixels and channels and the terms in local memory, of a work item the pixels and channels
 *   <li>{@code splits}: work-groups that share its terms
 *   <li>{@code group}: work items of a group, in each dimension of the kernel's
 * </ul>
 *
 * What a text leaves out is the default's.
 */
final class Variant {
    private static final String LANES = "lanes";
    private static final String PIXELS = "pixels";
    private static final String ROWS = "rows";
    private static final String VECTORS = "vectors";
    private static final String TILE = "tile";
    private static final String GROUP = "group";
    private static final String CHANNELS = "channels";
    private static final String CHUNK = "chunk";
    private static final String SPLITS = "splits";
    private static final List<String> TILE_WORDS = List.of(PIXELS, CHANNELS, CHUNK, ROWS, LANES);

    private static final List<Integer> ALL_LANES = List.of(1, 2, 4, 8, 16);
    /** Of pixels, channels or terms in local memory. */
    private static final int LARGEST_TILE = 256;
    /** A larger block has its accumulators in memory on every device that there is, and its kernel takes long to compile. */
    private static final int LARGEST_BLOCK = 32;
    private static final int[] CPU_BLOCKS = {1, 2, 4, 6, 7, 8, 10, 12, 14, 16, 28};
    private static final int GPU_VECTORS = 2;
    private static final int[] GPU_BLOCKS = {1, 2, 4, 8, 16};
    private static final long[] CPU_GROUPS = {1, 8, 64, 256};
    private static final long[] HEAVY_GROUPS = {1, 8};
    private static final long[] GPU_GROUPS = {32, 64, 128, 256, 512};
    /** Items of a group of a GPU that lie along its first dimension, whose memory accesses they share. */
    private static final long[] GPU_WIDTHS = {1, 4, 8, 16, 32};
    private static final int[] TILES = {4, 8, 16, 32};
    private static final int[] TILE_ROWS = {1, 2, 4, 8};
    private static final int[] ALL_SPLITS = {1, 2, 4, 8, 16};

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
            case Plan.DIRECT_BLOCKED -> List.of(LANES, PIXELS, VECTORS, GROUP);
            case Plan.IM2COL_GEMM -> List.of(LANES, ROWS, VECTORS, GROUP);
            case Plan.IM2COL_GEMM_TILED -> List.of(TILE, ROWS);
            case Plan.IMPLICIT_GEMM -> List.of(PIXELS, CHANNELS, CHUNK, ROWS, LANES, SPLITS);
            default -> List.of();
        };
        for (String word : text.isEmpty() ? new String[0] : text.split(" ", -1)) {
            int equals = word.indexOf('=');
            String name = equals < 0 ? word : word.substring(0, equals);
            boolean isNumber = word.matches(name.equals(GROUP) ? "group=[1-9]\\d{0,8}(x[1-9]\\d{0,8})*" : "[a-z]+=[1-9]\\d{0,8}");
            if (!names.contains(name) || !isNumber || words.put(name, word.substring(equals + 1)) != null) {
                throw new UnsupportedConvException("%s has no variant '%s': %s".formatted(
                        algorithm, text, names.isEmpty() ? "it has none" : "its words are " + String.join(", ", names)));
            }
        }
        return new Variant(text, words);
    }

    private int number(String name, int otherwise) {
        return words.containsKey(name) ? Integer.parseInt(words.get(name)) : otherwise;
    }

    /**
     * Lanes of a vector.
     *
     * @param most that the problem has use for
     */
    int lanes(int otherwise, long most) throws UnsupportedConvException {
        int lanes = number(LANES, otherwise);
        requireThat(ALL_LANES.contains(lanes) && (lanes == otherwise || lanes <= most), "there are vectors of 1, 2, 4, 8 and 16 lanes, here up to " + most);
        return lanes;
    }

    /** Outputs of a work item along a line, and vectors of each. */
    Blocking pixels(Blocking otherwise, int ow, int mostVectors) throws UnsupportedConvException {
        return new Blocking(length(PIXELS, otherwise.length(), ow), vectors(otherwise.vectors(), mostVectors));
    }

    /** Rows of a matrix product of a work item, and vectors of each. */
    Blocking rows(Blocking otherwise, int rows, int mostVectors) throws UnsupportedConvException {
        return new Blocking(rows(otherwise.length(), rows), vectors(otherwise.vectors(), mostVectors));
    }

    int rows(int otherwise, int rows) throws UnsupportedConvException {
        return length(ROWS, otherwise, rows);
    }

    private int length(String name, int otherwise, int extent) throws UnsupportedConvException {
        int size = number(name, otherwise);
        requireThat(size == otherwise || size <= Math.min(extent, LARGEST_BLOCK), "there are up to %d %s here".formatted(Math.min(extent, LARGEST_BLOCK), name));
        return size;
    }

    private int vectors(int otherwise, int most) throws UnsupportedConvException {
        int vectors = number(VECTORS, otherwise);
        int limit = Math.min(most, Blocking.MOST_VECTORS);
        requireThat(vectors == otherwise || vectors <= limit, "there are up to %d vectors here".formatted(limit));
        return vectors;
    }

    /** The side of a tile; a device or a kernel for which it is too large refuses it. */
    int tile(int otherwise) {
        return number(TILE, otherwise);
    }

    boolean hasTile() {
        return words.containsKey(TILE);
    }

    /** What a work-group of the implicit product computes. */
    ImplicitGemm.Tile tile(ImplicitGemm.Tile otherwise) throws UnsupportedConvException {
        long given = TILE_WORDS.stream().filter(words::containsKey).count();
        requireThat(given == 0 || given == TILE_WORDS.size(), "its words " + String.join(", ", TILE_WORDS) + " come together");
        if (given == 0) {
            return otherwise;
        }
        ImplicitGemm.Tile tile = new ImplicitGemm.Tile(
                number(PIXELS, 0), number(CHANNELS, 0), number(CHUNK, 0), number(ROWS, 0), number(LANES, 0));
        requireThat(
                LARGEST_TILE >= Math.max(tile.m(), Math.max(tile.n(), tile.k())) && LARGEST_BLOCK >= tile.itemM() * tile.itemN()
                        && ALL_LANES.contains(tile.itemN()) && tile.isWhole(),
                "its items do not divide the elements of a chunk evenly, or there are more than %d x %d or %d outputs an item"
                        .formatted(LARGEST_TILE, LARGEST_TILE, LARGEST_BLOCK));
        return tile;
    }

    boolean hasTileWords() {
        return TILE_WORDS.stream().anyMatch(words::containsKey);
    }

    /** Work-groups that share the terms of a tile. */
    int splits(int otherwise, int most) throws UnsupportedConvException {
        int splits = number(SPLITS, otherwise);
        requireThat(splits == otherwise || splits <= most, "there are up to %d splits".formatted(most));
        return splits;
    }

    /** For a kernel that has one row a work item, and its vectors along that row. */
    void requireNoBlock() throws UnsupportedConvException {
        requireThat(
                !words.containsKey(ROWS) && !words.containsKey(VECTORS),
                "with so few output channels, its kernel has one row a work item");
    }

    /**
     * How the items of a kernel that does not care are grouped: as {@link WorkSize#of} does it where no group was asked for, else
     * as it was asked. What a compiled kernel allows is known later; it gets no other groups than these.
     *
     * @param items how many there are in each dimension; the kernel leaves out those beyond
     */
    Call.Grid grid(Target target, long... items) throws UnsupportedConvException {
        if (!words.containsKey(GROUP)) {
            return (device, limit) -> Optional.of(WorkSize.of(device, limit, items));
        }
        long[] asked = Arrays.stream(words.get(GROUP).split("x")).mapToLong(Long::parseLong).toArray();
        requireThat(asked.length <= items.length, "its kernel has %d dimensions".formatted(items.length));
        long[] local = new long[items.length];
        long[] global = new long[items.length];
        double all = 1;
        for (int d = 0; d < items.length; d++) {
            local[d] = d < asked.length ? asked[d] : 1;
            all *= local[d];
            requireThat(local[d] <= target.workItems().get(d), "the device has groups of up to %d items in dimension %d".formatted(
                    target.workItems().get(d), d));
            global[d] = Math.ceilDiv(items[d], local[d]) * local[d];
        }
        requireThat(all <= target.workGroup(), "the device has groups of up to %d items".formatted(target.workGroup()));
        WorkSize size = new WorkSize(global, local);
        return (device, limit) -> Optional.of(size).filter(s -> s.group() <= limit);
    }

    /**
     * The same for items that are much work each. On a processor every one of them is a group, unless groups were asked for:
     * with several in a group, PoCL splits the kernel's loops between them and keeps all their sums in memory in between.
     */
    Call.Grid heavyGrid(Target target, long... items) throws UnsupportedConvException {
        return target.isCpu() && !words.containsKey(GROUP)
                ? (device, limit) -> Optional.of(WorkSize.alone(items))
                : grid(target, items);
    }

    private void requireThat(boolean holds, String otherwise) throws UnsupportedConvException {
        if (!holds) {
            throw new UnsupportedConvException("the variant '%s' cannot be: %s".formatted(text, otherwise));
        }
    }

    /** What is worth timing, the default first; empty where there is nothing to choose. Tensors are contiguous. */
    static List<String> list(Target target, ConvSpec spec) {
        ConvProblem p = spec.problem();
        DType dtype = spec.dtype();
        return switch (spec.algorithm()) {
            case Plan.DIRECT_BLOCKED -> {
                boolean depthwise = DirectBlocked.isDepthwise(p, true);
                int lanes = DirectBlocked.lanes(target, p, dtype, depthwise);
                Blocking block = DirectBlocked.block(target, p, dtype, depthwise, lanes);
                long channelBlocks = depthwise
                        ? p.oc() / lanes
                        : (long) p.g() * Math.ceilDiv(p.groupOc(), lanes * block.vectors());
                long tiles = (long) p.mb() * p.oh() * Math.ceilDiv(p.ow(), block.length());
                yield product(
                        choices(LANES, lanes, lanes(target, lanes, DirectBlocked.mostLanes(p, depthwise))),
                        blocks(PIXELS, block, target, dtype, lanes, p.ow(), DirectBlocked.mostVectors(p, depthwise, lanes)),
                        target.isCpu() ? heavyGroups(target, tiles, channelBlocks) : groups(target, channelBlocks, tiles))
                        .stream().filter(text -> depthwise || haveUse(text, p.groupOc())).toList();
            }
            case Plan.IM2COL_GEMM -> {
                int places = p.mb() * p.oh() * p.ow();
                if (NarrowGemm.isFor(p)) {
                    int lanes = NarrowGemm.lanes(target, p, dtype);
                    yield product(
                            choices(LANES, lanes, lanes(target, lanes, NarrowGemm.mostLanes(p))),
                            groups(target, places, p.g()));
                }
                int lanes = Blocking.lanes(target, dtype, p.groupOc());
                Blocking block = WideGemm.block(target, p, dtype, lanes);
                int columnBlocks = Math.ceilDiv(p.groupOc(), lanes * block.vectors());
                int rowBlocks = Math.ceilDiv(places, block.length());
                yield product(
                        choices(LANES, lanes, lanes(target, lanes, WorkSize.roundUpToPowerOfTwo(p.groupOc()))),
                        blocks(ROWS, block, target, dtype, lanes, places, WideGemm.mostVectors(p, lanes)),
                        target.isCpu()
                                ? heavyGroups(target, rowBlocks, columnBlocks, p.g())
                                : groups(target, columnBlocks, rowBlocks, p.g()))
                        .stream().filter(text -> haveUse(text, p.groupOc())).toList();
            }
            case Plan.IM2COL_GEMM_TILED -> {
                int tile = TiledGemm.tile(target, dtype, TiledGemm.ROWS);
                yield product(
                        choices(TILE, tile, strings(TILES)), choices(ROWS, TiledGemm.ROWS, strings(TILE_ROWS)))
                        .stream().filter(text -> fits(target, dtype, text)).toList();
            }
            case Plan.IMPLICIT_GEMM -> {
                ImplicitGemm.Tile tile = ImplicitGemm.tile(target, p, dtype);
                Set<ImplicitGemm.Tile> tiles = new LinkedHashSet<>(List.of(tile));
                ImplicitGemm.Tile.ALL.stream().filter(other -> other.fits(target, dtype) && other.isFor(p)).forEach(tiles::add);
                yield product(
                        tiles.stream().map(t -> "%s=%d %s=%d %s=%d %s=%d %s=%d".formatted(
                                PIXELS, t.m(), CHANNELS, t.n(), CHUNK, t.k(), ROWS, t.itemM(), LANES, t.itemN())).toList(),
                        choices(SPLITS, ImplicitGemm.splits(target, p, tile), strings(ALL_SPLITS)));
            }
            default -> List.of();
        };
    }

    private static boolean fits(Target target, DType dtype, String tiled) {
        int[] sizes = Arrays.stream(tiled.split(" ")).mapToInt(word -> Integer.parseInt(word.substring(word.indexOf('=') + 1))).toArray();
        return TiledGemm.fits(target, dtype, sizes[0], sizes[1]);
    }

    /** Whether the last of its vectors has a channel. */
    private static boolean haveUse(String text, int channels) {
        int lanes = 0;
        int vectors = 0;
        for (String word : text.split(" ")) {
            String value = word.substring(word.indexOf('=') + 1);
            lanes = word.startsWith(LANES) ? Integer.parseInt(value) : lanes;
            vectors = word.startsWith(VECTORS) ? Integer.parseInt(value) : vectors;
        }
        return (vectors - 1) * lanes < channels;
    }

    private static List<String> strings(int[] numbers) {
        return Arrays.stream(numbers).mapToObj(Integer::toString).toList();
    }

    /** The words of one name, the default's first, which is there in any case. */
    private static List<String> choices(String name, Object first, List<String> values) {
        Set<String> all = new LinkedHashSet<>();
        all.add(name + "=" + first);
        values.forEach(value -> all.add(name + "=" + value));
        return List.copyOf(all);
    }

    /** The default's neighbours, narrower and wider, and on a GPU all that are not wider than a load. */
    private static List<String> lanes(Target target, int lanes, long most) {
        return ALL_LANES.stream()
                .filter(other -> other <= most && (target.isCpu() ? other >= lanes / 2 && other <= 2 * lanes : other <= 4))
                .map(Object::toString).toList();
    }

    /** The default's block, and others whose sums stay in registers. */
    private static List<String> blocks(
            String name, Blocking first, Target target, DType dtype, int lanes, int extent, int mostVectors) {
        List<Blocking> all = new ArrayList<>(List.of(first));
        int most = Math.min(mostVectors, target.isCpu() ? Blocking.MOST_VECTORS : GPU_VECTORS);
        for (int vectors = 1; vectors <= most; vectors++) {
            for (int length : target.isCpu() ? CPU_BLOCKS : GPU_BLOCKS) {
                Blocking block = new Blocking(length, vectors);
                if (length <= extent && block.fits(target, dtype, lanes) && !all.contains(block)) {
                    all.add(block);
                }
            }
        }
        return all.stream().map(block -> "%s=%d %s=%d".formatted(name, block.length(), VECTORS, block.vectors())).toList();
    }

    /** On a processor: each item alone, as the default has it, or a few together. */
    private static List<String> heavyGroups(Target target, long... items) {
        Set<String> shapes = new LinkedHashSet<>();
        for (long size : HEAVY_GROUPS) {
            long[] local = new long[items.length];
            Arrays.fill(local, 1);
            local[0] = Math.min(size, WorkSize.roundUpToPowerOfTwo(items[0]));
            if (local[0] <= Math.min(target.workGroup(), target.workItems().get(0))) {
                shapes.add(shape(local));
            }
        }
        return shapes.stream().map(shape -> GROUP + "=" + shape).toList();
    }

    /** The group that {@link WorkSize} takes, and others. */
    private static List<String> groups(Target target, long... items) {
        long limit = target.workGroup();
        Set<String> shapes = new LinkedHashSet<>();
        shapes.add(shape(WorkSize.of(target, limit, items).local()));
        for (long size : target.isCpu() ? CPU_GROUPS : GPU_GROUPS) {
            // On a processor the items of a group are a loop on one core, whose inner dimension is the first.
            long[] widths = target.isCpu() ? new long[] {1, size} : GPU_WIDTHS;
            for (long width : new TreeSet<>(LongStream.of(widths).map(w -> Math.min(w, WorkSize.roundUpToPowerOfTwo(items[0]))).boxed().toList())) {
                long[] local = new long[items.length];
                Arrays.fill(local, 1);
                local[0] = Math.min(width, size);
                local[1] = Math.min(size / local[0], WorkSize.roundUpToPowerOfTwo(items[1]));
                boolean fits = local[0] * local[1] <= limit
                        && local[0] <= target.workItems().get(0) && local[1] <= target.workItems().get(1);
                if (fits) {
                    shapes.add(shape(local));
                }
            }
        }
        return shapes.stream().map(shape -> GROUP + "=" + shape).toList();
    }

    private static String shape(long[] local) {
        return Arrays.stream(local).mapToObj(Long::toString).collect(Collectors.joining("x"));
    }

    /** All combinations; the first of each is the first of all. */
    @SafeVarargs
    private static List<String> product(List<String>... choices) {
        List<String> all = List.of("");
        for (List<String> words : choices) {
            List<String> longer = new ArrayList<>();
            for (String start : all) {
                words.forEach(word -> longer.add((start + " " + word).strip()));
            }
            all = longer;
        }
        return all;
    }
}
