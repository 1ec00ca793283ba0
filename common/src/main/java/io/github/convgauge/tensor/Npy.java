package io.github.convgauge.tensor;

import java.io.IOException;
import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.channels.FileChannel;
import java.nio.charset.Charset;
import java.nio.charset.StandardCharsets;
import java.nio.file.AccessDeniedException;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.NotDirectoryException;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.nio.file.StandardOpenOption;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.UUID;

/**
 * NumPy's .npy files (numpy/lib/_format_impl.py): a magic string, a version, the length of a header,
 * the header (a Python dict of descr, fortran_order and shape), and the elements. Format versions
 * 1.0, 2.0 and 3.0 are read, 1.0 is written. Elements are i4, f4 or f8 of either byte order.
 */
public final class Npy {
    private static final byte[] MAGIC = {(byte) 0x93, 'N', 'U', 'M', 'P', 'Y'};
    private static final int PREAMBLE = MAGIC.length + 2;
    private static final Set<String> KEYS = Set.of("descr", "fortran_order", "shape");

    /** NumPy refuses longer ones. Three keys take some 120 characters. */
    private static final int MAX_HEADER = 10_000;

    /** NumPy 2 reads no more. */
    private static final int MAX_RANK = 64;

    /** NumPy's ARRAY_ALIGN: where the elements start is a multiple of it. */
    private static final int HEADER_ALIGNMENT = 64;

    /** NumPy leaves room for the first size to grow in place to this many digits. */
    private static final int GROWTH_DIGITS = 21;

    private static final int CHUNK_BYTES = 1 << 20;

    private Npy() {}

    /**
     * What a file says of itself.
     *
     * @param byteOrder of the elements in the file
     * @param fortran whether the first index moves fastest
     * @param layout the sizes, with the strides that follow from the order
     * @param dataOffset where the elements start, in bytes
     */
    public record Header(DType dtype, ByteOrder byteOrder, boolean fortran, Layout layout, long dataOffset) {
        public long[] sizes() {
            return layout.sizes();
        }

        /** Bytes that the elements take. */
        long dataBytes() {
            return layout.size() * dtype.bytes();
        }
    }

    /**
     * The header alone. The elements are not read, but must be there.
     *
     * @throws NpyException for everything that {@link #read} refuses
     */
    public static Header peek(Path path) throws NpyException {
        return reading(path, channel -> header(path, channel));
    }

    /**
     * Reads a file into 64-byte aligned memory of its own. Fortran order becomes strides. Bytes behind
     * the elements are ignored, as NumPy does.
     *
     * @throws NpyException if it cannot be read, is no .npy file or a damaged one, or holds another
     *     dtype than i4, f4 and f8
     */
    public static Tensor read(Path path) throws NpyException {
        return reading(path, channel -> {
            Header header = header(path, channel);
            Tensor tensor = allocate(path, header);
            if (header.dataBytes() > 0) {
                try (Arena arena = Arena.ofConfined()) {
                    MemorySegment data = channel.map(
                            FileChannel.MapMode.READ_ONLY, header.dataOffset(), header.dataBytes(), arena);
                    copyOrdered(
                            data, header.byteOrder(), 0, tensor.storage(), ByteOrder.nativeOrder(), 0,
                            header.dtype(), header.layout().size());
                }
            }
            return tensor.with(header.layout());
        });
    }

    /**
     * Writes a tensor of any strides in C order, little-endian, byte for byte as NumPy does. The file
     * appears whole or not at all, and replaces one that is there.
     *
     * @throws NpyException if it cannot be written
     */
    public static void write(Path path, Tensor tensor) throws NpyException {
        byte[] header = headerBytes(tensor);
        if (Files.exists(path) && !Files.isRegularFile(path)) {
            throw new NpyException(path, "cannot be written: it is there already and is not a plain file");
        }
        // Not createTempFile, which makes a file that only its owner may read.
        Path beside = path.resolveSibling(".npy-" + UUID.randomUUID() + ".tmp");
        try {
            try {
                writeTo(beside, header, tensor);
                Files.move(beside, path, StandardCopyOption.ATOMIC_MOVE, StandardCopyOption.REPLACE_EXISTING);
            } finally {
                Files.deleteIfExists(beside);
            }
        } catch (IOException e) {
            throw new NpyException(path, "cannot be written: " + reason(e, "the folder is not there"), e);
        }
    }

    @FunctionalInterface
    private interface Reader<T> {
        T read(FileChannel channel) throws IOException;
    }

    private static <T> T reading(Path path, Reader<T> reader) throws NpyException {
        try {
            if (Files.exists(path) && !Files.isRegularFile(path)) {
                throw new NpyException(path, "cannot be read: it is not a plain file");
            }
            try (FileChannel channel = FileChannel.open(path, StandardOpenOption.READ)) {
                return reader.read(channel);
            }
        } catch (NpyException e) {
            throw e;
        } catch (IOException e) {
            throw new NpyException(path, "cannot be read: " + reason(e, "there is no such file"), e);
        }
    }

    /** What went wrong, in words: the messages of these exceptions are only paths. */
    private static String reason(IOException e, String notThere) {
        return switch (e) {
            case NoSuchFileException x -> notThere;
            case AccessDeniedException x -> "access is denied";
            case NotDirectoryException x -> "its folder is not a folder";
            default -> e.getMessage() == null ? e.getClass().getSimpleName() : e.getMessage();
        };
    }

    private static Header header(Path path, FileChannel channel) throws IOException {
        ByteBuffer preamble = ByteBuffer.allocate(PREAMBLE);
        boolean whole = readFully(channel, preamble);
        byte[] bytes = preamble.array();
        if (!whole || !Arrays.equals(bytes, 0, MAGIC.length, MAGIC, 0, MAGIC.length)) {
            throw new NpyException(path, "is not a .npy file: it does not begin with NumPy's magic string");
        }
        int major = bytes[MAGIC.length];
        int minor = bytes[MAGIC.length + 1];
        if (major < 1 || major > 3 || minor != 0) {
            throw new NpyException(path, "has format version %d.%d; 1.0, 2.0 and 3.0 are known"
                    .formatted(Byte.toUnsignedInt(bytes[MAGIC.length]), Byte.toUnsignedInt(bytes[MAGIC.length + 1])));
        }
        ByteBuffer length = ByteBuffer.allocate(major == 1 ? Short.BYTES : Integer.BYTES).order(ByteOrder.LITTLE_ENDIAN);
        if (!readFully(channel, length)) {
            throw new NpyException(path, "is truncated: the file ends within the header");
        }
        long headerBytes = major == 1 ? Short.toUnsignedInt(length.getShort(0)) : Integer.toUnsignedLong(length.getInt(0));
        if (headerBytes > MAX_HEADER) {
            throw new NpyException(path, "has a header of %d bytes; NumPy reads at most %d"
                    .formatted(headerBytes, MAX_HEADER));
        }
        ByteBuffer text = ByteBuffer.allocate((int) headerBytes);
        if (!readFully(channel, text)) {
            throw new NpyException(path, "is truncated: the header takes %d bytes, the file holds %d of them"
                    .formatted(headerBytes, text.position()));
        }
        Charset charset = major == 3 ? StandardCharsets.UTF_8 : StandardCharsets.ISO_8859_1;
        Header header = parse(path, new String(text.array(), charset), channel.position());
        long there = channel.size() - header.dataOffset();
        if (header.dataBytes() > there) {
            throw new NpyException(path, "is truncated: %s of %s takes %d bytes, the file holds %d after its header"
                    .formatted(Layout.tuple(header.sizes()), header.dtype().numpyCode(), header.dataBytes(), there));
        }
        return header;
    }

    private static Header parse(Path path, String text, long dataOffset) throws NpyException {
        Object literal;
        try {
            literal = PythonLiteral.parse(text);
        } catch (IllegalArgumentException e) {
            throw new NpyException(path, "has a malformed header: " + e.getMessage(), e);
        }
        if (!(literal instanceof Map<?, ?> dict) || !dict.keySet().equals(KEYS)) {
            throw new NpyException(path, "has a malformed header: it is not a dict of descr, fortran_order and shape");
        }
        if (!(dict.get("fortran_order") instanceof Boolean fortran)) {
            throw new NpyException(path, "has a malformed header: fortran_order is neither True nor False");
        }
        long[] sizes = sizes(path, dict.get("shape"));
        Descr descr = descr(path, dict.get("descr"));
        try {
            Layout layout = fortran ? Layout.fortran(sizes) : Layout.contiguous(sizes);
            Math.multiplyExact(layout.size(), (long) descr.dtype.bytes());
            return new Header(descr.dtype, descr.order, fortran, layout, dataOffset);
        } catch (IllegalArgumentException | ArithmeticException e) {
            throw new NpyException(path, "is too large: %s of %s takes more than 2^63 bytes"
                    .formatted(Layout.tuple(sizes), descr.dtype.numpyCode()), e);
        }
    }

    private static long[] sizes(Path path, Object shape) throws NpyException {
        String malformed = "has a malformed header: shape is not a tuple of sizes";
        if (!(shape instanceof PythonLiteral.Tuple(List<Object> items))) {
            throw new NpyException(path, malformed);
        }
        long[] sizes = new long[items.size()];
        for (int d = 0; d < sizes.length; d++) {
            if (!(items.get(d) instanceof Long size) || size < 0) {
                throw new NpyException(path, malformed);
            }
            sizes[d] = size;
        }
        return sizes;
    }

    private record Descr(DType dtype, ByteOrder order) {}

    private static Descr descr(Path path, Object descr) throws NpyException {
        if (!(descr instanceof String code)) {
            throw new NpyException(path, "holds a structured dtype; i4, f4 and f8 can be read");
        }
        char mark = code.isEmpty() ? ' ' : code.charAt(0);
        boolean marked = "<>=|".indexOf(mark) >= 0;
        String kind = marked ? code.substring(1) : code;
        if (kind.startsWith("O")) {
            throw new NpyException(path, "holds pickled Python objects (dtype object); i4, f4 and f8 can be read");
        }
        for (DType dtype : DType.values()) {
            if (dtype.numpyCode().equals(kind)) {
                ByteOrder order = switch (mark) {
                    case '<' -> ByteOrder.LITTLE_ENDIAN;
                    case '>' -> ByteOrder.BIG_ENDIAN;
                    default -> ByteOrder.nativeOrder();
                };
                return new Descr(dtype, order);
            }
        }
        throw new NpyException(path, "holds dtype '" + code + "'; i4, f4 and f8 can be read");
    }

    private static Tensor allocate(Path path, Header header) throws NpyException {
        try {
            return Tensor.allocate(header.dtype(), header.sizes());
        } catch (OutOfMemoryError e) {
            throw new NpyException(path, "does not fit into memory: it takes %d bytes (%s)"
                    .formatted(header.dataBytes(), e.getMessage()), e);
        }
    }

    /** As NumPy pads it: room for the first size to grow, then up to the alignment of the elements. */
    private static byte[] headerBytes(Tensor tensor) {
        long[] sizes = tensor.sizes();
        if (sizes.length > MAX_RANK) {
            throw new IllegalArgumentException(
                    "%d dimensions; a .npy file holds at most %d".formatted(sizes.length, MAX_RANK));
        }
        StringBuilder dict = new StringBuilder("{'descr': '<%s', 'fortran_order': False, 'shape': %s, }"
                .formatted(tensor.dtype().numpyCode(), Layout.tuple(sizes)));
        if (sizes.length > 0) {
            dict.repeat(" ", GROWTH_DIGITS - Long.toString(sizes[0]).length());
        }
        int before = PREAMBLE + Short.BYTES;
        int unpadded = before + dict.length() + 1;
        dict.repeat(" ", HEADER_ALIGNMENT - unpadded % HEADER_ALIGNMENT).append('\n');
        return ByteBuffer.allocate(before + dict.length())
                .order(ByteOrder.LITTLE_ENDIAN)
                .put(MAGIC)
                .put((byte) 1)
                .put((byte) 0)
                .putShort((short) dict.length())
                .put(dict.toString().getBytes(StandardCharsets.ISO_8859_1))
                .array();
    }

    private static void writeTo(Path path, byte[] header, Tensor tensor) throws IOException {
        try (FileChannel channel = FileChannel.open(path, StandardOpenOption.WRITE, StandardOpenOption.CREATE_NEW)) {
            writeFully(channel, ByteBuffer.wrap(header));
            writeElements(channel, tensor.contiguous());
        }
    }

    private static void writeElements(FileChannel channel, Tensor contiguous) throws IOException {
        DType dtype = contiguous.dtype();
        try (Arena arena = Arena.ofConfined()) {
            // A stage of its own, because the storage may be neither little-endian nor off-heap.
            MemorySegment stage = arena.allocate(CHUNK_BYTES, Tensor.ALIGNMENT);
            long chunk = CHUNK_BYTES / dtype.bytes();
            long offset = contiguous.layout().offset();
            for (long done = 0; done < contiguous.size(); done += chunk) {
                long count = Math.min(chunk, contiguous.size() - done);
                copyOrdered(
                        contiguous.storage(), ByteOrder.nativeOrder(), offset + done,
                        stage, ByteOrder.LITTLE_ENDIAN, 0, dtype, count);
                writeFully(channel, stage.asSlice(0, count * dtype.bytes()).asByteBuffer());
            }
        }
    }

    /** Copies elements, their bytes swapped where the two orders differ. */
    private static void copyOrdered(
            MemorySegment from, ByteOrder fromOrder, long fromElement,
            MemorySegment to, ByteOrder toOrder, long toElement, DType dtype, long count) {
        ValueLayout bits = dtype.bytes() == Integer.BYTES ? ValueLayout.JAVA_INT_UNALIGNED : ValueLayout.JAVA_LONG_UNALIGNED;
        MemorySegment.copy(
                from, bits.withOrder(fromOrder), fromElement * dtype.bytes(),
                to, bits.withOrder(toOrder), toElement * dtype.bytes(), count);
    }

    private static boolean readFully(FileChannel channel, ByteBuffer buffer) throws IOException {
        while (buffer.hasRemaining()) {
            if (channel.read(buffer) < 0) {
                return false;
            }
        }
        return true;
    }

    private static void writeFully(FileChannel channel, ByteBuffer buffer) throws IOException {
        while (buffer.hasRemaining()) {
            channel.write(buffer);
        }
    }
}
