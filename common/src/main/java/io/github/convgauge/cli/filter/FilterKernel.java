package io.github.convgauge.cli.filter;

import io.github.convgauge.tensor.DType;
import io.github.convgauge.tensor.Layout;
import io.github.convgauge.tensor.Npy;
import io.github.convgauge.tensor.NpyException;
import io.github.convgauge.tensor.Tensor;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.List;
import java.util.Locale;
import java.util.stream.IntStream;

/**
 * Weights that each channel of a picture is filtered with, perhaps several sets of them, each of which makes a map. They are not mirrored:
 * as everywhere in neural networks, a convolution here is a cross-correlation.
 *
 * @param name of the files and of the problem
 * @param height rows of weights
 * @param width columns of weights
 * @param maps at least one
 * @param exactType the narrowest dtype that holds all weights
 */
public record FilterKernel(String name, int height, int width, List<FilterMap> maps, DType exactType) {
    private static final String SUFFIX = ".npy";
    /** A sum of weights this small beside their magnitudes is a rounded zero. */
    private static final double ZERO_SUM = 1e-6;

    private static final double[] SOBEL_X = {-1, 0, 1, -2, 0, 2, -1, 0, 1};
    private static final double[] SOBEL_Y = {-1, -2, -1, 0, 0, 0, 1, 2, 1};
    private static final double[] SHARPEN = {0, -1, 0, -1, 5, -1, 0, -1, 0};
    private static final double[] BINOMIAL = {1, 4, 6, 4, 1};

    /**
     * One set of weights.
     *
     * @param label that tells it from others of the kernel; empty where there is one
     * @param weights row by row
     */
    public record FilterMap(String label, double[] weights) {
        /** Whether the weights cancel, so that what is even becomes 0 and results have either sign. */
        public boolean isSigned() {
            double sum = Arrays.stream(weights).sum();
            return Math.abs(sum) <= ZERO_SUM * Arrays.stream(weights).map(Math::abs).sum();
        }

        /** The sum of the weights above 0, which a result cannot exceed in units of white. */
        public double reach() {
            return Arrays.stream(weights).filter(weight -> weight > 0).sum();
        }
    }

    /**
     * The kernel of a name, or of a .npy file with sizes (rows, columns).
     *
     * @throws IllegalArgumentException with one sentence if there is none
     */
    public static FilterKernel of(String text) {
        return switch (text.toLowerCase(Locale.ROOT)) {
            case "sobel" -> new FilterKernel(
                    "sobel", 3, 3, List.of(new FilterMap("x", SOBEL_X), new FilterMap("y", SOBEL_Y)), DType.F32);
            case "gaussian" -> new FilterKernel("gaussian", 5, 5, List.of(new FilterMap("", gaussian())), DType.F32);
            case "sharpen" -> new FilterKernel("sharpen", 3, 3, List.of(new FilterMap("", SHARPEN)), DType.F32);
            default -> ofFile(text);
        };
    }

    /** Binomial coefficients, whose sixteenths and their products are exact in every dtype. */
    private static double[] gaussian() {
        double total = Math.pow(Arrays.stream(BINOMIAL).sum(), 2);
        return IntStream.range(0, BINOMIAL.length * BINOMIAL.length)
                .mapToDouble(i -> BINOMIAL[i / BINOMIAL.length] * BINOMIAL[i % BINOMIAL.length] / total)
                .toArray();
    }

    private static FilterKernel ofFile(String text) {
        if (!text.endsWith(SUFFIX)) {
            throw new IllegalArgumentException("unknown kernel '" + text + "'; there are sobel, gaussian, sharpen, and .npy files");
        }
        Path file = Path.of(text);
        Tensor stored;
        try {
            stored = Npy.read(file);
        } catch (NpyException e) {
            throw new IllegalArgumentException(e.getMessage(), e);
        }
        long[] sizes = stored.sizes();
        if (sizes.length != 2 || sizes[0] < 1 || sizes[1] < 1) {
            throw new IllegalArgumentException("%s has sizes %s; (rows, columns) are needed".formatted(file, Layout.tuple(sizes)));
        }
        double[] weights = stored.toDoubles();
        if (!Arrays.stream(weights).allMatch(Double::isFinite)) {
            throw new IllegalArgumentException(file + " holds weights that are not finite");
        }
        if (sizes[0] > Integer.MAX_VALUE || sizes[1] > Integer.MAX_VALUE) {
            throw new IllegalArgumentException(file + " is too large for a kernel");
        }
        String name = file.getFileName().toString();
        return new FilterKernel(
                name.substring(0, name.length() - SUFFIX.length()).replaceAll("[^A-Za-z0-9_.+-]+", "_"), (int) sizes[0], (int) sizes[1],
                List.of(new FilterMap("", weights)), stored.dtype() == DType.F32 ? DType.F32 : DType.F64);
    }

    /** Whether its two maps are the parts of a gradient, whose length is worth a picture, too. */
    public boolean isGradient() {
        return maps.size() == 2;
    }

    /**
     * The weights of a depthwise convolution, (height, width, 1, channels · maps): output channel c·maps + m is map m of
     * channel c.
     */
    public Tensor weights(int channels) {
        int outputs = channels * maps.size();
        return Tensor.allocate(exactType, height, width, 1, outputs)
                .fill(i -> maps.get((int) (i % outputs) % maps.size()).weights()[(int) (i / outputs)]);
    }

    /**
     * The rest of the problem that a picture's x and these weights are: one group a channel, and zeros around the picture so that
     * results have its size.
     */
    public String problem(Picture picture) {
        return "g%dph%dpw%doh%dow%dn\"%s\"".formatted(
                picture.channels(), (height - 1) / 2, (width - 1) / 2, picture.height(), picture.width(), name);
    }
}
