package io.github.convgauge.cli;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import com.fasterxml.jackson.databind.JsonNode;
import io.github.convgauge.check.Fill;
import io.github.convgauge.check.Operands;
import io.github.convgauge.check.Reference;
import io.github.convgauge.cli.FakeHome.Outcome;
import io.github.convgauge.conv.ConvProblem;
import io.github.convgauge.tensor.DType;
import io.github.convgauge.tensor.Npy;
import io.github.convgauge.tensor.Tensor;
import java.io.IOException;
import java.lang.foreign.Arena;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.List;
import java.util.SplittableRandom;
import java.util.stream.Collectors;
import java.util.stream.LongStream;
import java.util.stream.Stream;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** The user's own arrays in, and every row's out. */
class ArraysTest {
    private static final String SHAPE = "mb2ic4ih5iw6oc6kh3kw2g2";

    @TempDir
    private Path folder;

    private FakeHome home;

    @BeforeEach
    void layOut() throws IOException {
        home = new FakeHome(folder).backend("alpha", "right");
    }

    private static double[] expected(ConvProblem problem, Operands operands) {
        Reference reference = Reference.compute(problem, operands, Arena.ofAuto().allocate(Reference.bytes(problem), 8));
        return LongStream.range(0, problem.ySizes()[0] * problem.oh() * problem.ow() * problem.oc()).mapToDouble(reference::y).toArray();
    }

    private static List<String> names(Path folder) throws IOException {
        try (Stream<Path> files = Files.list(folder)) {
            return files.map(file -> file.getFileName().toString()).sorted().toList();
        }
    }

    @Test
    void savedArraysAreThoseOfTheRun() throws Exception {
        Path save = folder.resolve("deep/arrays");
        Outcome run = home.run("--check-only", "--problem", SHAPE, "--threads", "1,2", "--seed", "7", "--save", save.toString());
        assertEquals(0, run.status(), run.toString());
        assertEquals(
                List.of("w.npy", "x.npy",
                        "y-alpha-right-f32-prepared-t2.npy", "y-alpha-right-f32-prepared.npy",
                        "y-alpha-right-f32-t2.npy", "y-alpha-right-f32.npy",
                        "y-alpha-right-f64-prepared-t2.npy", "y-alpha-right-f64-prepared.npy",
                        "y-alpha-right-f64-t2.npy", "y-alpha-right-f64.npy"),
                names(save));
        ConvProblem problem = ConvProblem.parse(SHAPE);
        Operands operands = Fill.UNIFORM.operands(problem, DType.F64, 7);
        assertArrayEquals(operands.x().toDoubles(), Npy.read(save.resolve("x.npy")).toDoubles());
        assertArrayEquals(operands.w().toDoubles(), Npy.read(save.resolve("w.npy")).toDoubles());
        Tensor y = Npy.read(save.resolve("y-alpha-right-f64.npy"));
        assertArrayEquals(problem.ySizes(), y.sizes());
        assertEquals(DType.F64, y.dtype());
        assertArrayEquals(expected(problem, operands), y.toDoubles(), 1e-14);
        assertEquals(DType.F32, Npy.read(save.resolve("y-alpha-right-f32.npy")).dtype());
        // Rows of two thread counts, in order.
        assertEquals(List.of(1, 1, 1, 1, 2, 2, 2, 2), run.rows().stream().map(row -> row.get("threads").asInt()).toList());
    }

    @Test
    void channelsFirstIsSavedInThatOrder() throws Exception {
        Path save = folder.resolve("arrays");
        home.run("--check-only", "--dtype", "f64", "--problem", SHAPE, "--layout", "nchw", "--save", save.toString());
        ConvProblem problem = ConvProblem.parse(SHAPE);
        Operands operands = Fill.UNIFORM.operands(problem, DType.F64, 42);
        Tensor x = Npy.read(save.resolve("x.npy"));
        assertArrayEquals(new long[] {2, 4, 5, 6}, x.sizes());
        assertArrayEquals(operands.x().permute(0, 3, 1, 2).toDoubles(), x.toDoubles());
        Tensor w = Npy.read(save.resolve("w.npy"));
        assertArrayEquals(new long[] {6, 2, 3, 2}, w.sizes());
        assertArrayEquals(operands.w().permute(3, 2, 0, 1).toDoubles(), w.toDoubles());
        Tensor y = Npy.read(save.resolve("y-alpha-right-f64.npy"));
        assertArrayEquals(new long[] {2, 6, 3, 5}, y.sizes());
        assertArrayEquals(expected(problem, operands), y.permute(0, 2, 3, 1).toDoubles(), 1e-14);

        // And back in: the sizes come from the files, the groups from the problem.
        Outcome again = home.run(
                "--check-only", "--dtype", "f64", "--layout", "nchw", "--problem", "g2",
                "--x", save.resolve("x.npy").toString(), "--w", save.resolve("w.npy").toString());
        assertEquals(0, again.status(), again.toString());
        assertEquals(problem.toString(), again.row("right").get("problem").asText());
        assertEquals("file", again.row("right").at("/env/fill").asText());
        assertEquals(List.of(), ResultSchema.complaints(again.row("right")));
        Outcome repeated = home.repeat(again.row("right"));
        assertEquals(1, repeated.rows().size());
        assertEquals("PASSED", repeated.statusOf("right"), repeated.toString());
    }

    /** As {@code numpy.save} writes an array whose first index moves fastest. */
    private static void writeFortran(Path file, Tensor tensor) throws IOException {
        String sizes = Arrays.stream(tensor.sizes()).mapToObj(Long::toString).collect(Collectors.joining(", "));
        String dict = "{'descr': '<%s', 'fortran_order': True, 'shape': (%s), }".formatted(tensor.dtype().numpyCode(), sizes);
        String header = dict + " ".repeat(127 - 10 - dict.length()) + "\n";
        // C order of the reversed dimensions is Fortran order.
        double[] values = tensor.permute(3, 2, 1, 0).toDoubles();
        ByteBuffer bytes = ByteBuffer.allocate(128 + values.length * tensor.dtype().bytes()).order(ByteOrder.LITTLE_ENDIAN);
        bytes.put(new byte[] {(byte) 0x93, 'N', 'U', 'M', 'P', 'Y', 1, 0}).putShort((short) header.length());
        bytes.put(header.getBytes(StandardCharsets.ISO_8859_1));
        for (double value : values) {
            switch (tensor.dtype()) {
                case I32 -> bytes.putInt((int) value);
                case F32 -> bytes.putFloat((float) value);
                case F64 -> bytes.putDouble(value);
            }
        }
        Files.write(file, bytes.array());
    }

    @Test
    void fortranOrderAndIntegersAreRead() throws Exception {
        ConvProblem problem = ConvProblem.parse("mb2ic3ih5iw6oc4kh3kw2sh2ph1");
        SplittableRandom random = new SplittableRandom(5);
        Tensor x = Tensor.allocate(DType.I32, problem.xSizes()).fill(i -> random.nextInt(-9, 10));
        Tensor w = Tensor.allocate(DType.F32, problem.wSizes()).fill(i -> random.nextInt(-9, 10));
        writeFortran(folder.resolve("my x.npy"), x);
        writeFortran(folder.resolve("w.npy"), w);
        Path save = folder.resolve("arrays");
        Outcome run = home.run(
                "--check-only", "--x", folder.resolve("my x.npy").toString(), "--w", folder.resolve("w.npy").toString(),
                "--problem", "sh2sw2ph1n\"it's mine\"", "--save", save.toString());
        assertEquals(0, run.status(), run.toString());
        for (String dtype : List.of("f32", "f64")) {
            assertArrayEquals(
                    expected(problem, new Operands(x.convertTo(DType.F64), w.convertTo(DType.F64))),
                    Npy.read(save.resolve("y-alpha-right-%s.npy".formatted(dtype))).toDoubles());
        }
        assertArrayEquals(x.toDoubles(), Npy.read(save.resolve("x.npy")).toDoubles());
        assertEquals("it's mine", run.row("right").get("name").asText());
        Outcome repeated = home.repeat(run.row("right"));
        assertEquals(1, repeated.rows().size());
        assertEquals("PASSED", repeated.statusOf("right"), repeated.toString());
    }

    /** They pass, whatever is computed, so they are no proof. */
    @Test
    void dataThatCannotTellAreMistrusted() throws Exception {
        Tensor w = Fill.NORMAL.operands(ConvProblem.parse("ic3ih4iw5oc2kh2"), DType.F64, 1).w();
        Npy.write(folder.resolve("w.npy"), w);
        Tensor x = Fill.NORMAL.operands(ConvProblem.parse("ic3ih4iw5oc2kh2"), DType.F64, 1).x();
        assertMistrusted(Tensor.allocate(DType.F64, 1, 4, 5, 3).fill(i -> 0.5), "every element of x is 0.5");
        // Two columns of five hold something: of the four columns of outputs, the last sees only zeros, and one more.
        assertMistrusted(x.copy().fill(i -> i / 3 % 5 < 2 ? 1.0 + i : 0), "50 % of the expected outputs are zero");
        assertMistrusted(x.copy().fill(i -> i == 7 ? Double.NaN : i), "x holds 1 values that are not finite");
        assertMistrusted(x.copy().fill(i -> i == 7 ? Double.POSITIVE_INFINITY : i), "x holds 1 values that are not finite");
    }

    private void assertMistrusted(Tensor x, String reason) throws IOException {
        Npy.write(folder.resolve("x.npy"), x);
        Outcome run = home.run(
                "--check-only", "--dtype", "f64", "--regime", "eager",
                "--x", folder.resolve("x.npy").toString(), "--w", folder.resolve("w.npy").toString());
        JsonNode row = run.row("right");
        assertEquals("MISTRUSTED", row.get("status").asText(), row.toString());
        assertTrue(row.get("reason").asText().startsWith(reason), row.toString());
        assertEquals(1, run.status());
        assertEquals(List.of(), ResultSchema.complaints(row));
        assertTrue(run.out().contains("MISTRUSTED: " + reason), run.out());
    }

    /** Several problems: one folder each, named as they are. */
    @Test
    void severalProblemsAreSavedApart() throws Exception {
        Files.writeString(folder.resolve("list.txt"), "ic1ih3oc1kh1n\"stem/7x7*3\" # the first\n\nic2ih3oc1kh2\n");
        Path save = folder.resolve("arrays");
        Outcome run = home.run(
                "--check-only", "--dtype", "f32", "--regime", "eager", "--fill", "integer",
                "--problems", folder.resolve("list.txt").toString(), "--save", save.toString());
        assertEquals(0, run.status(), run.toString());
        assertEquals(List.of("1-stem_7x7", "2"), names(save));
        assertEquals(List.of("w.npy", "x.npy", "y-alpha-right-f32.npy"), names(save.resolve("2")));
        assertEquals(List.of("stem/7x7", ""), run.rows().stream().map(row -> row.get("name").asText()).toList());
        assertTrue(run.rows().getFirst().get("repeat").asText().contains(" --fill integer"));
        for (JsonNode row : run.rows()) {
            assertEquals(0, row.at("/agreement/l2").asDouble(-1));
            assertEquals(List.of(), ResultSchema.complaints(row));
        }
    }
}
