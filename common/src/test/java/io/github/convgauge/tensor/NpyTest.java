package io.github.convgauge.tensor;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.IOException;
import java.lang.foreign.Arena;
import java.net.URISyntaxException;
import java.nio.ByteOrder;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.List;
import java.util.Random;
import java.util.stream.Stream;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.constraints.IntRange;
import net.jqwik.api.constraints.Size;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/** Against files that NumPy wrote; npy/make_npy.py beside them makes them. */
class NpyTest {
    @TempDir
    private Path folder;

    private static Path fixture(String name) {
        try {
            return Path.of(NpyTest.class.getResource("/npy/" + name + ".npy").toURI());
        } catch (URISyntaxException e) {
            throw new AssertionError(e);
        }
    }

    /** What make_npy.py puts in: -3, -2, … in C order, halved in floating-point files. */
    private static double[] numbers(DType dtype, int count) {
        double[] numbers = new double[count];
        Arrays.setAll(numbers, i -> (i - 3) / (dtype.isFloating() ? 2.0 : 1.0));
        return numbers;
    }

    @ParameterizedTest
    @ValueSource(strings = {
        "c-f4-big", "c-f4-little", "c-f8-big", "c-f8-little", "c-i4-big", "c-i4-little",
        "fortran-f4-big", "fortran-f4-little", "fortran-f8-big", "fortran-f8-little", "fortran-i4-big", "fortran-i4-little"})
    void readsEveryDtypeAndOrder(String name) throws IOException {
        String[] parts = name.split("-");
        boolean fortran = parts[0].equals("fortran");
        DType dtype = Stream.of(DType.values()).filter(d -> d.numpyCode().equals(parts[1])).findFirst().orElseThrow();
        Tensor tensor = Npy.read(fixture(name));
        assertEquals(dtype, tensor.dtype());
        assertEquals(fortran ? Layout.of(new long[] {2, 3, 5}, new long[] {1, 2, 6}, 0) : Layout.contiguous(2, 3, 5), tensor.layout());
        assertArrayEquals(numbers(dtype, 30), tensor.toDoubles());
        assertEquals(0, tensor.storage().address() % Tensor.ALIGNMENT);
        Npy.Header header = Npy.peek(fixture(name));
        assertEquals(dtype, header.dtype());
        assertEquals(fortran, header.fortran());
        assertArrayEquals(new long[] {2, 3, 5}, header.sizes());
        assertEquals(parts[2].equals("big") ? ByteOrder.BIG_ENDIAN : ByteOrder.LITTLE_ENDIAN, header.byteOrder());
    }

    @ParameterizedTest
    @CsvSource({
        "scalar, F64, ''", "vector, F32, 7", "empty, I32, 3 0 2", "ones, F32, 1 1 1 1", "version2, F32, 2 3",
        "version3, F32, 2 3", "spaces, F32, 3", "python2, F32, 3", "native, F32, 3", "no-order, F32, 3", "trailing, F32, 3"})
    void readsEveryFormOfHeader(String name, DType dtype, String sizes) throws IOException {
        long[] expected = Stream.of(sizes.split(" ")).filter(s -> !s.isEmpty()).mapToLong(Long::parseLong).toArray();
        Tensor tensor = Npy.read(fixture(name));
        assertEquals(dtype, tensor.dtype());
        assertArrayEquals(expected, tensor.sizes());
        assertArrayEquals(numbers(dtype, (int) tensor.size()), tensor.toDoubles());
    }

    @Test
    void readsWhatIsNoNumber() throws IOException {
        double[] values = Npy.read(fixture("nan")).toDoubles();
        assertArrayEquals(
                new double[] {Double.NaN, Double.POSITIVE_INFINITY, Double.NEGATIVE_INFINITY, -0.0, Double.MIN_VALUE}, values);
    }

    @ParameterizedTest
    @CsvSource(delimiterString = " => ", textBlock = """
            bad-nothing => is not a .npy file: it does not begin with NumPy's magic string
            bad-magic => is not a .npy file: it does not begin with NumPy's magic string
            bad-truncated-magic => is not a .npy file: it does not begin with NumPy's magic string
            bad-version => has format version 4.0; 1.0, 2.0 and 3.0 are known
            bad-truncated-length => is truncated: the file ends within the header
            bad-truncated-header => is truncated: the header takes 118 bytes, the file holds 30 of them
            bad-truncated-data => is truncated: (3, 4) of f4 takes 48 bytes, the file holds 40 after its header
            bad-huge => is truncated: (1000000, 1000000) of f8 takes 8000000000000 bytes, the file holds 12 after its header
            bad-long-header => has a header of 10003 bytes; NumPy reads at most 10000
            bad-object => holds pickled Python objects (dtype object); i4, f4 and f8 can be read
            bad-structured => holds a structured dtype; i4, f4 and f8 can be read
            bad-f2 => holds dtype '<f2'; i4, f4 and f8 can be read
            bad-i8 => holds dtype '<i8'; i4, f4 and f8 can be read
            bad-c8 => holds dtype '<c8'; i4, f4 and f8 can be read
            bad-u4 => holds dtype '<u4'; i4, f4 and f8 can be read
            bad-b1 => holds dtype '|b1'; i4, f4 and f8 can be read
            bad-U3 => holds dtype '<U3'; i4, f4 and f8 can be read
            bad-i2 => holds dtype '<i2'; i4, f4 and f8 can be read
            bad-overflow => is too large: (4294967296, 4294967296) of f4 takes more than 2^63 bytes
            bad-overflow-bytes => is too large: (2147483648, 2147483648) of f4 takes more than 2^63 bytes
            bad-number => has a malformed header: 99999999999999999999 is more than 63 bits hold (character 72)
            bad-negative => has a malformed header: shape is not a tuple of sizes
            bad-shape => has a malformed header: shape is not a tuple of sizes
            bad-order => has a malformed header: fortran_order is neither True nor False
            bad-keys => has a malformed header: it is not a dict of descr, fortran_order and shape
            bad-more-keys => has a malformed header: it is not a dict of descr, fortran_order and shape
            bad-no-dict => has a malformed header: it is not a dict of descr, fortran_order and shape
            bad-syntax => has a malformed header: ',' is missing (character 41)
            bad-unclosed => has a malformed header: it ends too early (character 57)
            bad-string => has a malformed header: ',' is missing (character 18)
            bad-deep => has a malformed header: it is nested too deeply (character 51)
            bad-after => has a malformed header: something follows the end (character 59)
            """, quoteCharacter = '`')
    void refusesBadFilesWithASentence(String name, String message) {
        Path path = fixture(name);
        String expected = path + ": " + message;
        assertEquals(expected, assertThrows(NpyException.class, () -> Npy.read(path)).getMessage());
        assertEquals(expected, assertThrows(NpyException.class, () -> Npy.peek(path)).getMessage());
    }

    @Test
    void refusesWhatIsNoFile() {
        Path absent = folder.resolve("absent.npy");
        assertEquals(absent + ": cannot be read: there is no such file",
                assertThrows(NpyException.class, () -> Npy.read(absent)).getMessage());
        assertEquals(folder + ": cannot be read: it is not a plain file",
                assertThrows(NpyException.class, () -> Npy.peek(folder)).getMessage());
    }

    /** Whatever a file is cut down to or has one byte changed to, the answer is a tensor or a sentence. */
    @Test
    void survivesDamage() throws IOException {
        byte[] whole = Files.readAllBytes(fixture("c-f4-little"));
        Path damaged = folder.resolve("damaged.npy");
        Random random = new Random(7);
        for (int i = 0; i < whole.length; i++) {
            byte[] bytes = whole.clone();
            bytes[i] = (byte) random.nextInt();
            for (byte[] content : List.of(bytes, Arrays.copyOf(whole, i))) {
                Files.write(damaged, content);
                try {
                    Npy.read(damaged);
                } catch (NpyException e) {
                    assertTrue(e.getMessage().startsWith(damaged + ": "), "byte " + i + ": " + e.getMessage());
                }
            }
        }
        assertThrows(NpyException.class, () -> Npy.read(damaged));
    }

    @ParameterizedTest
    @ValueSource(strings = {"c-f4-little", "c-f8-little", "c-i4-little", "scalar", "vector", "empty", "ones", "nan"})
    void writesByteForByteWhatNumpyWrites(String name) throws IOException {
        Path written = folder.resolve("written.npy");
        Npy.write(written, Npy.read(fixture(name)));
        assertArrayEquals(Files.readAllBytes(fixture(name)), Files.readAllBytes(written));
    }

    @Test
    void writesViewsInCOrder() throws IOException {
        Path written = folder.resolve("written.npy");
        Npy.write(written, Npy.read(fixture("fortran-f8-big")));
        assertArrayEquals(Files.readAllBytes(fixture("c-f8-little")), Files.readAllBytes(written));
        Tensor x = Tensor.arange(DType.I32, 25).view(5, 5);
        Npy.write(written, x.slice(0, 1, 3)); // contiguous, but not from the start
        assertArrayEquals(new double[] {5, 6, 7, 8, 9, 10, 11, 12, 13, 14}, Npy.read(written).toDoubles());
    }

    @Test
    void writesMoreThanOneChunk() throws IOException {
        Path written = folder.resolve("written.npy");
        int count = (1 << 18) + 1; // one more i4 than a chunk of 1 MiB holds
        Npy.write(written, Tensor.arange(DType.I32, count));
        Tensor read = Npy.read(written);
        for (int i = 0; i < count; i++) {
            assertEquals(i, read.getDouble(i));
        }
    }

    @Test
    void leavesNothingHalfWritten() throws IOException {
        Path absent = folder.resolve("absent").resolve("y.npy");
        assertEquals(absent + ": cannot be written: the folder is not there",
                assertThrows(NpyException.class, () -> Npy.write(absent, Tensor.arange(DType.F32, 3))).getMessage());
        Path taken = Files.createDirectory(folder.resolve("taken"));
        assertEquals(taken + ": cannot be written: it is there already and is not a plain file",
                assertThrows(NpyException.class, () -> Npy.write(taken, Tensor.arange(DType.F32, 3))).getMessage());
        Tensor freed;
        try (Arena arena = Arena.ofConfined()) {
            freed = Tensor.allocate(arena, DType.F32, 3);
        }
        assertThrows(IllegalStateException.class, () -> Npy.write(folder.resolve("freed.npy"), freed));
        Path replaced = Files.writeString(folder.resolve("replaced.npy"), "old");
        Npy.write(replaced, Tensor.arange(DType.F32, 3));
        assertEquals(3, Npy.read(replaced).size());
        try (Stream<Path> left = Files.list(folder)) {
            assertEquals(List.of("replaced.npy", "taken"), left.map(p -> p.getFileName().toString()).sorted().toList());
        }
    }

    @Property(tries = 100)
    void whatIsWrittenIsRead(
            @ForAll DType dtype,
            @ForAll @Size(max = 5) List<@IntRange(max = 4) Integer> sizes,
            @ForAll Random random) throws IOException {
        int rank = sizes.size();
        Tensor tensor = Tensor.allocate(dtype, sizes.stream().mapToLong(Integer::longValue).toArray());
        tensor.fill(i -> dtype == DType.I32 ? random.nextInt() : random.nextGaussian());
        Tensor view = tensor.permute(Views.order(rank, random));
        for (int d = 0; d < rank; d++) {
            if (random.nextBoolean() && view.layout().size(d) > 0) {
                view = view.slice(d, view.layout().size(d) - 1, -1, -1);
            }
        }
        Path path = Files.createTempFile("round-trip", ".npy");
        try {
            Npy.write(path, view);
            Tensor read = Npy.read(path);
            assertEquals(dtype, read.dtype());
            assertEquals(Layout.contiguous(view.sizes()), read.layout());
            assertArrayEquals(view.toDoubles(), read.toDoubles());
        } finally {
            Files.delete(path);
        }
    }
}
