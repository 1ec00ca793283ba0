package io.github.convgauge.cli;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.json.JsonMapper;
import io.github.convgauge.cli.FakeHome.Outcome;
import io.github.convgauge.cli.filter.Picture;
import io.github.convgauge.tensor.DType;
import io.github.convgauge.tensor.Npy;
import io.github.convgauge.tensor.Tensor;
import java.awt.image.BufferedImage;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.stream.Stream;
import javax.imageio.ImageIO;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class FilterCommandTest {
    private static final int WIDTH = 11;
    private static final int HEIGHT = 7;

    @TempDir
    private Path folder;

    private FakeHome home;
    private Path picture;

    @BeforeEach
    void layOut() throws IOException {
        home = new FakeHome(Files.createDirectory(folder.resolve("home"))).backend("alpha", "right,wrong");
        picture = folder.resolve("picture.png");
        ImageIO.write(image(BufferedImage.TYPE_INT_ARGB), "png", picture.toFile());
    }

    /** No two pixels alike, and with edges that make a filter overshoot. */
    private static BufferedImage image(int type) {
        BufferedImage image = new BufferedImage(WIDTH, HEIGHT, type);
        for (int p = 0; p < WIDTH * HEIGHT; p++) {
            int i = p / WIDTH;
            int j = p % WIDTH;
            int red = j < 5 ? 3 + p : 250 - p;
            int green = i < 3 ? 240 - 2 * j : 5 * j;
            int blue = (37 * p + 11) % 256;
            image.setRGB(j, i, 200 - p << 24 | red << 16 | green << 8 | blue);
        }
        return image;
    }

    private Outcome filter(String kernel, Path out, String... more) {
        List<String> args = new ArrayList<>(List.of("filter", picture.toString(), "--kernel", kernel, "--out", out.toString(), "--check-only"));
        args.addAll(List.of(more));
        return home.execute(args.toArray(String[]::new));
    }

    private static List<String> names(Path folder) throws IOException {
        try (Stream<Path> files = Files.list(folder)) {
            return files.map(file -> file.getFileName().toString()).sorted().toList();
        }
    }

    /** The definition once more, on the picture's own samples; zeros beyond the border. */
    private static double[] filtered(double[] x, int channels, double[] weights, int rows, int columns) {
        double[] y = new double[x.length];
        for (int o = 0; o < y.length; o++) {
            int c = o % channels;
            int j = o / channels % WIDTH;
            int i = o / channels / WIDTH;
            for (int t = 0; t < weights.length; t++) {
                int h = i + t / columns - (rows - 1) / 2;
                int v = j + t % columns - (columns - 1) / 2;
                if (h >= 0 && h < HEIGHT && v >= 0 && v < WIDTH) {
                    y[o] += weights[t] * x[(h * WIDTH + v) * channels + c];
                }
            }
        }
        return y;
    }

    private static double[] clamped(double[] values, double gain, double offset) {
        return Arrays.stream(values).map(value -> Math.clamp(Math.rint(value * gain + offset), 0, 255)).toArray();
    }

    @Test
    void sharpensColoursAndKeepsAlpha() throws Exception {
        Path out = folder.resolve("deep/pictures");
        Outcome run = filter("sharpen", out, "--algorithm", "right", "--regime", "eager");
        assertEquals(0, run.status(), run.toString());
        assertEquals(
                List.of("alpha-right-f32-difference.png", "alpha-right-f32.png", "pictures.json", "reference.png", "rows.jsonl", "w.npy",
                        "x.npy", "y-alpha-right-f32.npy"),
                names(out));
        double[] x = Picture.read(picture).tensor().toDoubles();
        double[] y = filtered(x, 3, new double[] {0, -1, 0, -1, 5, -1, 0, -1, 0}, 3, 3);
        assertTrue(Arrays.stream(y).anyMatch(value -> value < 0) && Arrays.stream(y).anyMatch(value -> value > 255));
        assertArrayEquals(clamped(y, 1, 0), Picture.read(out.resolve("alpha-right-f32.png")).tensor().toDoubles());
        assertArrayEquals(clamped(y, 1, 0), Picture.read(out.resolve("reference.png")).tensor().toDoubles());
        assertEquals(200 - 12, ImageIO.read(out.resolve("alpha-right-f32.png").toFile()).getRGB(12 % WIDTH, 12 / WIDTH) >>> 24);
        // Integers are exact in f32: every difference is 0, drawn as grey.
        assertTrue(Arrays.stream(Picture.read(out.resolve("alpha-right-f32-difference.png")).tensor().toDoubles()).allMatch(v -> v == 128));
        assertTrue(run.out().contains("alpha right eager f32: the same as the reference"), run.out());
        assertTrue(run.out().contains("PASSED"), run.out());

        JsonNode row = FakeHome.rows(out.resolve("rows.jsonl")).getFirst();
        assertEquals(List.of(), ResultSchema.complaints(row));
        Outcome again = home.repeat(row);
        assertEquals("PASSED", again.statusOf("right"), again.toString());
        assertEquals(row.get("problem"), again.row("right").get("problem"));
    }

    @Test
    void sobelHasTwoDirectionsAndALength() throws IOException {
        ImageIO.write(image(BufferedImage.TYPE_BYTE_GRAY), "png", picture.toFile());
        Path out = Files.createDirectory(folder.resolve("empty"));
        Outcome run = filter("sobel", out, "--algorithm", "right", "--regime", "prepared", "--dtype", "f64");
        assertEquals(0, run.status(), run.toString());
        double[] x = Picture.read(picture).tensor().toDoubles();
        assertEquals(WIDTH * HEIGHT, x.length);
        double[] right = filtered(x, 1, new double[] {-1, 0, 1, -2, 0, 2, -1, 0, 1}, 3, 3);
        double[] down = filtered(x, 1, new double[] {-1, -2, -1, 0, 0, 0, 1, 2, 1}, 3, 3);
        double[] length = new double[x.length];
        Arrays.setAll(length, i -> Math.sqrt(right[i] * right[i] + down[i] * down[i]));
        String stem = "alpha-right-f64-prepared";
        assertArrayEquals(clamped(right, 1 / 8.0, 127.5), Picture.read(out.resolve(stem + "-x.png")).tensor().toDoubles());
        assertArrayEquals(clamped(down, 1 / 8.0, 127.5), Picture.read(out.resolve(stem + "-y.png")).tensor().toDoubles());
        assertArrayEquals(clamped(length, 1, 0), Picture.read(out.resolve(stem + "-magnitude.png")).tensor().toDoubles());
        JsonNode pictures = JsonMapper.builder().build().readTree(out.resolve("pictures.json").toFile());
        assertEquals(9, pictures.size());
        for (JsonNode one : pictures) {
            assertTrue(Files.exists(out.resolve(one.get("file").asText())), one.toString());
        }
        assertEquals(0.125, pictures.get(0).get("gain").asDouble());
    }

    /** An even kernel of one's own lies one row and column further to the right and below than to the left and above. */
    @Test
    void aKernelOfOnesOwn() throws IOException {
        double[] weights = {0.3, -0.2, 0.1, 0.7, 0.05, 0.25, -0.4, 0.15};
        Path file = folder.resolve("it's mine.npy");
        Npy.write(file, Tensor.allocate(DType.F64, 2, 4).fill(i -> weights[(int) i]));
        Path out = folder.resolve("out");
        Outcome run = filter(file.toString(), out, "--algorithm", "right", "--dtype", "f32,f64", "--regime", "eager");
        assertEquals(0, run.status(), run.toString());
        double[] y = filtered(Picture.read(picture).tensor().toDoubles(), 3, weights, 2, 4);
        assertArrayEquals(clamped(y, 1, 0), Picture.read(out.resolve("alpha-right-f64.png")).tensor().toDoubles(), 1);
        assertArrayEquals(y, Npy.read(out.resolve("y-alpha-right-f64.npy")).toDoubles(), 1e-10);
        assertTrue(run.out().contains("alpha right eager f32: at most "), run.out());
    }

    /** A wrong answer is seen: its last tap is dropped, so its largest difference is black or white. */
    @Test
    void aWrongAnswerFailsAndIsDrawn() throws IOException {
        Path out = folder.resolve("out");
        Outcome run = filter("gaussian", out, "--algorithm", "^wrong");
        assertEquals(1, run.status(), run.toString());
        assertTrue(run.out().contains("FAILED"), run.out());
        double[] difference = Picture.read(out.resolve("alpha-wrong-f32-difference.png")).tensor().toDoubles();
        assertTrue(Arrays.stream(difference).anyMatch(value -> value == 0 || value == 255));
        assertTrue(run.out().contains(out.toAbsolutePath().resolve("x.npy").toString()), run.out());
    }

    @Test
    void sixteenBits() throws IOException {
        BufferedImage image = new BufferedImage(WIDTH, HEIGHT, BufferedImage.TYPE_USHORT_GRAY);
        for (int p = 0; p < WIDTH * HEIGHT; p++) {
            image.getRaster().setSample(p % WIDTH, p / WIDTH, 0, 850 * p + 7);
        }
        ImageIO.write(image, "png", picture.toFile());
        Path out = folder.resolve("out");
        assertEquals(0, filter("gaussian", out, "--algorithm", "right", "--regime", "eager").status());
        double[] binomial = {1, 4, 6, 4, 1};
        double[] weights = new double[25];
        Arrays.setAll(weights, i -> binomial[i / 5] * binomial[i % 5] / 256);
        double[] y = filtered(Picture.read(picture).tensor().toDoubles(), 1, weights, 5, 5);
        Picture drawn = Picture.read(out.resolve("alpha-right-f32.png"));
        assertEquals(16, drawn.bits());
        assertArrayEquals(Arrays.stream(y).map(Math::rint).toArray(), drawn.tensor().toDoubles());
    }

    @Test
    void badInputGetsOneSentenceAndLeavesNothing() throws IOException {
        Files.writeString(folder.resolve("text.png"), "no picture");
        Npy.write(folder.resolve("large.npy"), Tensor.arange(DType.F32, 9 * 2).view(9, 2));
        Npy.write(folder.resolve("flat.npy"), Tensor.arange(DType.F32, 3));
        Npy.write(folder.resolve("nan.npy"), Tensor.allocate(DType.F32, 1, 2).fill(i -> Double.NaN));
        Path full = Files.createDirectory(folder.resolve("full"));
        Files.writeString(full.resolve("mine"), "");
        List<String> before = names(folder);
        String out = folder.resolve("new/out").toString();
        String good = picture.toString();
        refused("is no picture that can be read here", folder.resolve("text.png").toString(), "--kernel", "sobel", "--out", out);
        refused("cannot read " + folder.resolve("none.png") + ": there is no such file", folder.resolve("none.png").toString(), "--kernel", "sobel", "--out", out);
        refused("cannot read " + folder + ": ", folder.toString(), "--kernel", "sobel", "--out", out);
        refused("unknown kernel 'blur'; there are sobel, gaussian, sharpen, and .npy files", good, "--kernel", "blur", "--out", out);
        refused("the kernel has 2 x 9 weights, which is more than the 11 x 7 pixels", good, "--kernel", folder.resolve("large.npy").toString(), "--out", out);
        refused("has sizes (3,); (rows, columns) are needed", good, "--kernel", folder.resolve("flat.npy").toString(), "--out", out);
        refused("weights that are not finite", good, "--kernel", folder.resolve("nan.npy").toString(), "--out", out);
        refused("none.npy", good, "--kernel", folder.resolve("none.npy").toString(), "--out", out);
        refused(full + " is there already, and is not empty", good, "--kernel", "sobel", "--out", full.toString());
        refused(good + " is there already, and is no folder", good, "--kernel", "sobel", "--out", good);
        refused("cannot write to /proc/none", good, "--kernel", "sobel", "--out", "/proc/none");
        refused("--out is empty", good, "--kernel", "sobel", "--out", "");
        refused("unknown backend 'beta'; there are alpha", good, "--kernel", "sobel", "--out", out, "--backend", "beta");
        refused("unknown dtype 'f16'", good, "--kernel", "sobel", "--out", out, "--dtype", "f16");
        refused("no algorithm matches 'none'", good, "--kernel", "sobel", "--out", out, "--algorithm", "none");
        assertEquals(before, names(folder));
    }

    private void refused(String part, String... args) {
        String[] all = new String[args.length + 1];
        all[0] = "filter";
        System.arraycopy(args, 0, all, 1, args.length);
        Outcome run = home.execute(all);
        assertEquals(2, run.status(), run.toString());
        assertTrue(run.err().startsWith("convgauge: ") && run.err().contains(part), run.err());
        assertEquals(1, run.err().lines().count(), run.err());
    }
}
