package io.github.convgauge.cli.filter;

import com.fasterxml.jackson.annotation.JsonInclude;
import com.fasterxml.jackson.databind.PropertyNamingStrategies;
import com.fasterxml.jackson.databind.annotation.JsonNaming;
import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.function.IntToDoubleFunction;

/** Draws what a kernel made of a picture, and how far that is from the reference. */
public final class Drawing {
    private final Picture picture;
    private final FilterKernel kernel;
    private final IntToDoubleFunction reference;
    private final Path folder;

    /**
     * One file, and what its samples mean: a sample is gain · value + offset, rounded and clamped.
     *
     * @param file its name
     * @param of the row that it is of, or "reference"
     * @param map which of the kernel's maps; empty where there is one, magnitude for the length of a gradient
     * @param shows output or difference (that of the output to the reference)
     * @param maxAbsDifference the largest difference, in samples of the input; null for an output
     */
    @JsonNaming(PropertyNamingStrategies.SnakeCaseStrategy.class)
    @JsonInclude(JsonInclude.Include.ALWAYS)
    public record Drawn(String file, String of, String map, String shows, double gain, double offset, Double maxAbsDifference) {}

    /** @param reference the expected outputs in C order, (height, width, channels · maps) */
    public Drawing(Picture picture, FilterKernel kernel, IntToDoubleFunction reference, Path folder) {
        this.picture = picture;
        this.kernel = kernel;
        this.reference = reference;
        this.folder = folder;
    }

    /** Pictures of the expected outputs. */
    public List<Drawn> reference() throws IOException {
        List<Drawn> drawn = new ArrayList<>();
        for (Values map : values(reference)) {
            drawn.add(output("reference", "reference", map));
        }
        return drawn;
    }

    /**
     * Pictures of one row's outputs and of their differences.
     *
     * @param stem what the files' names begin with
     * @param of the row, in words
     * @param outputs in C order, as the reference
     */
    public List<Drawn> row(String stem, String of, double[] outputs) throws IOException {
        List<Drawn> drawn = new ArrayList<>();
        List<Values> mine = values(i -> outputs[i]);
        List<Values> expected = values(reference);
        for (int m = 0; m < mine.size(); m++) {
            drawn.add(output(stem, of, mine.get(m)));
            drawn.add(difference(stem, of, mine.get(m), expected.get(m)));
        }
        return drawn;
    }

    /**
     * One map of all pixels and channels.
     *
     * @param gain and offset: how it is drawn
     */
    private record Values(String label, double[] values, double gain, double offset) {}

    private List<Values> values(IntToDoubleFunction outputs) {
        List<Values> all = new ArrayList<>();
        int maps = kernel.maps().size();
        int size = picture.width() * picture.height() * picture.channels();
        double half = picture.white() / 2.0;
        for (int m = 0; m < maps; m++) {
            double[] values = new double[size];
            for (int i = 0; i < size; i++) {
                values[i] = outputs.applyAsDouble(i * maps + m);
            }
            FilterKernel.FilterMap map = kernel.maps().get(m);
            all.add(map.isSigned() && map.reach() > 0
                    ? new Values(map.label(), values, 0.5 / map.reach(), half)
                    : new Values(map.label(), values, 1, 0));
        }
        if (kernel.isGradient()) {
            double[] x = all.get(0).values;
            double[] y = all.get(1).values;
            double[] lengths = new double[size];
            for (int i = 0; i < size; i++) {
                lengths[i] = Math.hypot(x[i], y[i]);
            }
            all.add(new Values("magnitude", lengths, 1, 0));
        }
        return all;
    }

    private Drawn output(String stem, String of, Values map) throws IOException {
        return write(picture.drawn(map.values, map.gain, map.offset, true), new Drawn(
                fileName(stem, map.label, ""), of, map.label, "output", map.gain, map.offset, null));
    }

    /** Differences are far below one step of a sample: drawn so that the largest one is black or white, and none is grey. */
    private Drawn difference(String stem, String of, Values mine, Values expected) throws IOException {
        double[] differences = new double[mine.values.length];
        double largest = 0;
        for (int i = 0; i < differences.length; i++) {
            differences[i] = mine.values[i] - expected.values[i];
            largest = Math.max(largest, Double.isFinite(differences[i]) ? Math.abs(differences[i]) : 0);
        }
        double half = picture.white() / 2.0;
        double gain = largest == 0 ? 1 : half / largest;
        return write(picture.drawn(differences, gain, half, false), new Drawn(
                fileName(stem, mine.label, "-difference"), of, mine.label, "difference", gain, half, largest));
    }

    private static String fileName(String stem, String label, String kind) {
        return stem + (label.isEmpty() ? "" : "-" + label) + kind + ".png";
    }

    private Drawn write(Picture drawn, Drawn what) throws IOException {
        drawn.write(folder.resolve(what.file));
        return what;
    }
}
