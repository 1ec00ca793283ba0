package io.github.convgauge.peers.onnxruntime;

import java.io.ByteArrayOutputStream;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;

/** Fields of a protocol buffer message, as its wire format has them: varints and length-delimited ones. */
final class Protobuf {
    private static final int VARINT = 0;
    private static final int DELIMITED = 2;

    private final ByteArrayOutputStream out = new ByteArrayOutputStream();

    private Protobuf varint(long value) {
        long rest = value;
        while ((rest & ~0x7fL) != 0) {
            out.write((int) (rest & 0x7f | 0x80));
            rest >>>= 7;
        }
        out.write((int) rest);
        return this;
    }

    Protobuf number(int field, long value) {
        return varint((long) field << 3 | VARINT).varint(value);
    }

    Protobuf text(int field, String value) {
        return bytes(field, ByteBuffer.wrap(value.getBytes(StandardCharsets.UTF_8)));
    }

    Protobuf message(int field, Protobuf value) {
        return bytes(field, ByteBuffer.wrap(value.toByteArray()));
    }

    Protobuf bytes(int field, ByteBuffer value) {
        byte[] copy = new byte[value.remaining()];
        value.get(copy);
        varint((long) field << 3 | DELIMITED).varint(copy.length);
        out.write(copy, 0, copy.length);
        return this;
    }

    byte[] toByteArray() {
        return out.toByteArray();
    }
}
