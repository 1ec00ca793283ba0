package io.github.convgauge.cli.filter;

import io.github.convgauge.tensor.DType;
import io.github.convgauge.tensor.Tensor;
import java.awt.Transparency;
import java.awt.color.ColorSpace;
import java.awt.image.BufferedImage;
import java.awt.image.ColorModel;
import java.awt.image.ComponentColorModel;
import java.awt.image.DataBuffer;
import java.awt.image.IndexColorModel;
import java.awt.image.Raster;
import java.awt.image.SampleModel;
import java.awt.image.WritableRaster;
import java.io.IOException;
import java.io.InputStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Iterator;
import java.util.Optional;
import javax.imageio.ImageIO;
import javax.imageio.ImageReader;
import javax.imageio.stream.ImageInputStream;

/**
 * Grey or RGB samples of 8 or 16 bits, as they stand in the file: sRGB stays sRGB, so that a filter works on encoded values and
 * not on amounts of light. Alpha is kept aside.
 */
public final class Picture {
    private static final int BYTE = 8;
    private static final int SHORT = 16;
    private static final int COLOURS = 3;
    /** Samples, tensors and their outputs while a picture is worked on, for each sample; generously. */
    private static final double WORKING_BYTES = 64;

    private final int width;
    private final int height;
    private final int channels;
    private final int bits;
    /** Row by row, pixel by pixel, channel by channel. */
    private final int[] samples;
    /** One for each pixel, or null where the picture is opaque. */
    private final int[] alpha;

    private Picture(int width, int height, int channels, int bits, int[] samples, int[] alpha) {
        this.width = width;
        this.height = height;
        this.channels = channels;
        this.bits = bits;
        this.samples = samples;
        this.alpha = alpha;
    }

    /**
     * Reads a PNG, a JPEG, or what else Java knows.
     *
     * @throws IOException if the file cannot be read
     * @throws IllegalArgumentException with one sentence if it is no such picture
     */
    public static Picture read(Path file) throws IOException {
        requireReadable(file);
        ImageIO.setUseCache(false);
        try (ImageInputStream in = ImageIO.createImageInputStream(file.toFile())) {
            Iterator<ImageReader> readers = in == null ? null : ImageIO.getImageReaders(in);
            if (readers == null || !readers.hasNext()) {
                throw new IllegalArgumentException(file + " is no picture that can be read here; PNG and JPEG can");
            }
            ImageReader reader = readers.next();
            try {
                reader.setInput(in, true, true);
                requireMemory(file, reader.getWidth(0), reader.getHeight(0));
                return of(file, reader.read(0));
            } catch (IOException | RuntimeException e) {
                if (e instanceof IllegalArgumentException known && known.getMessage() != null && known.getMessage().startsWith(file.toString())) {
                    throw known;
                }
                // Readers of damaged files throw whatever comes up.
                throw new IllegalArgumentException("%s is a damaged picture, or one of a kind that cannot be read here: %s"
                        .formatted(file, e.getMessage() == null ? e.getClass().getSimpleName() : e.getMessage().lines().findFirst().orElse("")), e);
            } finally {
                reader.dispose();
            }
        }
    }

    /** Complains as the file system does, which ImageIO's own complaints do not tell. */
    private static void requireReadable(Path file) throws IOException {
        try (InputStream in = Files.newInputStream(file)) {
            in.read();
        }
    }

    /** A small file may unpack to more than there is. */
    private static void requireMemory(Path file, int width, int height) {
        double samples = (double) width * height * COLOURS;
        if (samples > Integer.MAX_VALUE - 8 || WORKING_BYTES * samples > Runtime.getRuntime().maxMemory()) {
            throw new IllegalArgumentException("%s has %d x %d pixels, which is more than the memory here can take".formatted(file, width, height));
        }
    }

    private static Picture of(Path file, BufferedImage image) {
        if (image.getColorModel() instanceof IndexColorModel) {
            return ofPalette(image);
        }
        Raster raster = image.getRaster();
        SampleModel model = raster.getSampleModel();
        int bands = raster.getNumBands();
        boolean hasAlpha = image.getColorModel().hasAlpha();
        int channels = hasAlpha ? bands - 1 : bands;
        int bits = model.getSampleSize(0);
        for (int b = 0; b < bands; b++) {
            if (model.getSampleSize(b) != bits || bits != BYTE && bits != SHORT || model.getDataType() == DataBuffer.TYPE_SHORT
                    || model.getDataType() == DataBuffer.TYPE_FLOAT || model.getDataType() == DataBuffer.TYPE_DOUBLE) {
                throw new IllegalArgumentException(
                        "%s has samples of %d bits; integers of 8 and 16 bits are understood".formatted(file, model.getSampleSize(b)));
            }
        }
        if (channels != 1 && channels != COLOURS) {
            throw new IllegalArgumentException("%s has %d channels; grey and RGB are understood".formatted(file, channels));
        }
        if (image.isAlphaPremultiplied()) {
            throw new IllegalArgumentException(file + " has colours that are multiplied with alpha already; others are understood");
        }
        int width = image.getWidth();
        int height = image.getHeight();
        int[] samples = new int[width * height * channels];
        int[] alpha = hasAlpha ? new int[width * height] : null;
        int[] row = new int[width * bands];
        for (int i = 0; i < height; i++) {
            raster.getPixels(0, i, width, 1, row);
            for (int j = 0; j < width; j++) {
                System.arraycopy(row, j * bands, samples, (i * width + j) * channels, channels);
                if (hasAlpha) {
                    alpha[i * width + j] = row[j * bands + channels];
                }
            }
        }
        return new Picture(width, height, channels, bits, samples, alpha);
    }

    /** Colours of a palette become themselves; one of greys only makes a grey picture. */
    private static Picture ofPalette(BufferedImage image) {
        int width = image.getWidth();
        int height = image.getHeight();
        int[] argb = image.getRGB(0, 0, width, height, null, 0, width);
        boolean grey = true;
        boolean opaque = true;
        for (int colour : argb) {
            grey &= (colour >> 16 & 0xff) == (colour >> 8 & 0xff) && (colour >> 8 & 0xff) == (colour & 0xff);
            opaque &= colour >>> 24 == 0xff;
        }
        int channels = grey ? 1 : COLOURS;
        int[] samples = new int[argb.length * channels];
        int[] alpha = opaque ? null : new int[argb.length];
        for (int p = 0; p < argb.length; p++) {
            for (int c = 0; c < channels; c++) {
                samples[p * channels + c] = argb[p] >> 16 - 8 * c & 0xff;
            }
            if (!opaque) {
                alpha[p] = argb[p] >>> 24;
            }
        }
        return new Picture(width, height, channels, BYTE, samples, alpha);
    }

    public int width() {
        return width;
    }

    public int height() {
        return height;
    }

    /** 1 for grey, 3 for RGB. */
    public int channels() {
        return channels;
    }

    /** Of a sample: 8 or 16. */
    public int bits() {
        return bits;
    }

    public boolean hasAlpha() {
        return alpha != null;
    }

    /** The largest sample: 255 or 65535. */
    public int white() {
        return (1 << bits) - 1;
    }

    /** The samples as the input of a convolution, (1, height, width, channels) in f32, which holds them exactly. */
    public Tensor tensor() {
        return Tensor.allocate(DType.F32, 1, height, width, channels).fill(i -> samples[(int) i]);
    }

    /**
     * A picture of values, of this one's size and depth.
     *
     * @param values channel by channel of pixel by pixel; rounded, and clamped to 0 … {@link #white()}; what is no number is drawn black
     * @param gain that values are multiplied with before
     * @param offset that is added then
     * @param withAlpha whether this picture's alpha is put back
     */
    public Picture drawn(double[] values, double gain, double offset, boolean withAlpha) {
        int[] drawn = new int[values.length];
        for (int i = 0; i < values.length; i++) {
            double value = values[i] * gain + offset;
            drawn[i] = Double.isNaN(value) ? 0 : (int) Math.clamp(Math.rint(value), 0, white());
        }
        return new Picture(width, height, channels, bits, drawn, withAlpha ? alpha : null);
    }

    /** Writes a PNG. */
    public void write(Path file) throws IOException {
        boolean hasAlpha = alpha != null;
        int bands = channels + (hasAlpha ? 1 : 0);
        int type = bits == BYTE ? DataBuffer.TYPE_BYTE : DataBuffer.TYPE_USHORT;
        WritableRaster raster = Raster.createInterleavedRaster(type, width, height, bands, null);
        int[] row = new int[width * bands];
        for (int i = 0; i < height; i++) {
            for (int j = 0; j < width; j++) {
                System.arraycopy(samples, (i * width + j) * channels, row, j * bands, channels);
                if (hasAlpha) {
                    row[j * bands + channels] = alpha[i * width + j];
                }
            }
            raster.setPixels(0, i, width, 1, row);
        }
        ColorModel model = new ComponentColorModel(
                ColorSpace.getInstance(channels == 1 ? ColorSpace.CS_GRAY : ColorSpace.CS_sRGB), hasAlpha, false,
                hasAlpha ? Transparency.TRANSLUCENT : Transparency.OPAQUE, type);
        if (!ImageIO.write(new BufferedImage(model, raster, false, null), "png", file.toFile())) {
            throw new IOException("this Java has no writer for PNG");
        }
    }

    /** Grey or RGB, with its depth, for people. */
    public String describe() {
        return "%d x %d, %s of %d bits%s".formatted(
                width, height, channels == 1 ? "grey" : "RGB", bits, Optional.ofNullable(alpha).map(a -> ", alpha kept aside").orElse(""));
    }
}
