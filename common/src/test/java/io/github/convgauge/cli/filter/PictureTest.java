package io.github.convgauge.cli.filter;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.awt.Transparency;
import java.awt.color.ColorSpace;
import java.awt.image.BufferedImage;
import java.awt.image.ComponentColorModel;
import java.awt.image.DataBuffer;
import java.awt.image.IndexColorModel;
import java.awt.image.Raster;
import java.awt.image.WritableRaster;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.util.Arrays;
import javax.imageio.ImageIO;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class PictureTest {
    private static final int WIDTH = 5;
    private static final int HEIGHT = 3;

    @TempDir
    private Path folder;

    /** Its samples are 0, 1, 2, … times a step that reaches near white; alpha counts down. */
    private Path write(int channels, int bits, boolean alpha) throws IOException {
        int bands = channels + (alpha ? 1 : 0);
        int type = bits == 8 ? DataBuffer.TYPE_BYTE : DataBuffer.TYPE_USHORT;
        WritableRaster raster = Raster.createInterleavedRaster(type, WIDTH, HEIGHT, bands, null);
        for (int p = 0; p < WIDTH * HEIGHT; p++) {
            for (int c = 0; c < channels; c++) {
                raster.setSample(p % WIDTH, p / WIDTH, c, sample(p * channels + c, bits));
            }
            if (alpha) {
                raster.setSample(p % WIDTH, p / WIDTH, channels, (1 << bits) - 1 - p);
            }
        }
        Path file = folder.resolve("%d-%d-%s.png".formatted(channels, bits, alpha));
        ImageIO.write(new BufferedImage(new ComponentColorModel(
                ColorSpace.getInstance(channels == 1 ? ColorSpace.CS_GRAY : ColorSpace.CS_sRGB), alpha, false,
                alpha ? Transparency.TRANSLUCENT : Transparency.OPAQUE, type), raster, false, null), "png", file.toFile());
        return file;
    }

    private static double sample(int i, int bits) {
        return i * (bits == 8 ? 5 : 1400);
    }

    /** What is read are the samples of the file, whatever Java thinks of their colours; what is written is read again. */
    @ParameterizedTest
    @CsvSource({"1, 8, false", "1, 8, true", "1, 16, false", "1, 16, true", "3, 8, false", "3, 8, true", "3, 16, false", "3, 16, true"})
    void samplesAreThoseOfTheFile(int channels, int bits, boolean alpha) throws IOException {
        Picture picture = Picture.read(write(channels, bits, alpha));
        double[] expected = new double[WIDTH * HEIGHT * channels];
        Arrays.setAll(expected, i -> sample(i, bits));
        assertArrayEquals(expected, picture.tensor().toDoubles());
        assertArrayEquals(new long[] {1, HEIGHT, WIDTH, channels}, picture.tensor().sizes());
        assertEquals(bits, picture.bits());
        assertEquals(alpha, picture.hasAlpha());

        Path again = folder.resolve("again.png");
        picture.drawn(expected, -1, picture.white(), true).write(again);
        Picture inverse = Picture.read(again);
        assertArrayEquals(Arrays.stream(expected).map(value -> picture.white() - value).toArray(), inverse.tensor().toDoubles());
        assertEquals(alpha, inverse.hasAlpha());
        assertEquals(bits, inverse.bits());
        if (alpha) {
            Raster raster = ImageIO.read(again.toFile()).getRaster();
            assertEquals((1 << bits) - 1 - 7, raster.getSample(7 % WIDTH, 7 / WIDTH, channels));
        }
    }

    @Test
    void valuesAreRoundedAndClamped() throws IOException {
        Picture picture = Picture.read(write(1, 8, false));
        double[] values = new double[WIDTH * HEIGHT];
        values[0] = -3;
        values[1] = 1e9;
        values[2] = 99.6;
        values[3] = Double.NaN;
        values[4] = Double.POSITIVE_INFINITY;
        assertArrayEquals(
                new double[] {0, 255, 100, 0, 255}, Arrays.copyOf(picture.drawn(values, 1, 0, false).tensor().toDoubles(), 5));
    }

    @Test
    void palettesAndJpegsAreRead() throws IOException {
        byte[] greys = {0, 100, (byte) 200, (byte) 255};
        IndexColorModel palette = new IndexColorModel(2, 4, greys, greys, greys);
        BufferedImage indexed = new BufferedImage(4, 1, BufferedImage.TYPE_BYTE_INDEXED, palette);
        indexed.getRaster().setPixels(0, 0, 4, 1, new int[] {0, 1, 2, 3});
        Path file = folder.resolve("palette.png");
        ImageIO.write(indexed, "png", file.toFile());
        assertArrayEquals(new double[] {0, 100, 200, 255}, Picture.read(file).tensor().toDoubles());

        BufferedImage red = new BufferedImage(8, 8, BufferedImage.TYPE_INT_RGB);
        for (int p = 0; p < 64; p++) {
            red.setRGB(p % 8, p / 8, 0xe01020);
        }
        Path jpeg = folder.resolve("red.jpg");
        ImageIO.write(red, "jpg", jpeg.toFile());
        double[] samples = Picture.read(jpeg).tensor().toDoubles();
        assertEquals(0xe0, samples[0], 4);
        assertEquals(0x10, samples[1], 4);
        assertEquals(0x20, samples[2], 4);
    }

    @Test
    void refusesWhatIsNoPicture() throws IOException {
        Path text = Files.writeString(folder.resolve("text.png"), "no picture");
        assertTrue(assertThrows(IllegalArgumentException.class, () -> Picture.read(text)).getMessage().contains("is no picture"));
        byte[] whole = Files.readAllBytes(write(3, 8, false));
        Path cut = Files.write(folder.resolve("cut.png"), Arrays.copyOf(whole, whole.length / 2));
        assertTrue(assertThrows(IllegalArgumentException.class, () -> Picture.read(cut)).getMessage().startsWith(cut + " is a damaged picture"));
        assertThrows(NoSuchFileException.class, () -> Picture.read(folder.resolve("none.png")));
        assertThrows(IOException.class, () -> Picture.read(folder));
        // A header that promises more pixels than any machine has room for: width and height lie at 16 and 20.
        byte[] huge = whole.clone();
        for (int at : new int[] {16, 20}) {
            huge[at] = 0x7f;
            huge[at + 1] = (byte) 0xff;
        }
        java.util.zip.CRC32 crc = new java.util.zip.CRC32();
        crc.update(huge, 12, 17);
        for (int b = 0; b < 4; b++) {
            huge[29 + b] = (byte) (crc.getValue() >> 24 - 8 * b);
        }
        Path bomb = Files.write(folder.resolve("bomb.png"), huge);
        assertTrue(assertThrows(IllegalArgumentException.class, () -> Picture.read(bomb)).getMessage().contains("more than the memory"));
    }
}
