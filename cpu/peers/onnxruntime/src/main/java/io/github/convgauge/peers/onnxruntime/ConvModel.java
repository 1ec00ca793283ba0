package io.github.convgauge.peers.onnxruntime;

import io.github.convgauge.conv.ConvProblem;
import io.github.convgauge.tensor.Tensor;

/** A model of one Conv node, as ONNX files are written (onnx.proto, IR version 8, operator set 13). */
final class ConvModel {
    static final String X = "x";
    static final String W = "w";
    static final String Y = "y";

    private static final int IR_VERSION = 8;
    private static final int OPERATOR_SET = 13;
    private static final int FLOAT = 1;
    private static final int ATTRIBUTE_INT = 2;
    private static final int ATTRIBUTE_INTS = 7;

    private ConvModel() {}

    /** @param constant the weights (oc, ic/g, kh, kw), contiguous; null makes them an input */
    static byte[] of(ConvProblem p, Tensor constant) {
        Protobuf node = new Protobuf()
                .text(1, X).text(1, W).text(2, Y).text(3, "conv").text(4, "Conv")
                .message(5, ints("dilations", p.dh() + 1, p.dw() + 1))
                .message(5, new Protobuf().text(1, "group").number(3, p.g()).number(20, ATTRIBUTE_INT))
                .message(5, ints("kernel_shape", p.kh(), p.kw()))
                .message(5, ints("pads", p.padTop(), p.padLeft(), p.padBottom(), p.padRight()))
                .message(5, ints("strides", p.sh(), p.sw()));
        Protobuf graph = new Protobuf().message(1, node).text(2, "convolution");
        long[] weights = {p.oc(), p.groupIc(), p.kh(), p.kw()};
        if (constant != null) {
            Protobuf initializer = new Protobuf();
            for (long size : weights) {
                initializer.number(1, size);
            }
            graph.message(5, initializer.number(2, FLOAT).text(8, W).bytes(9, constant.storage().asByteBuffer()));
        }
        graph.message(11, value(X, p.mb(), p.ic(), p.ih(), p.iw()));
        if (constant == null) {
            graph.message(11, value(W, weights));
        }
        graph.message(12, value(Y, p.mb(), p.oc(), p.oh(), p.ow()));
        return new Protobuf()
                .number(1, IR_VERSION)
                .message(7, graph)
                .message(8, new Protobuf().text(1, "").number(2, OPERATOR_SET))
                .toByteArray();
    }

    private static Protobuf ints(String name, long... values) {
        Protobuf attribute = new Protobuf().text(1, name);
        for (long value : values) {
            attribute.number(8, value);
        }
        return attribute.number(20, ATTRIBUTE_INTS);
    }

    private static Protobuf value(String name, long... sizes) {
        Protobuf shape = new Protobuf();
        for (long size : sizes) {
            shape.message(1, new Protobuf().number(1, size));
        }
        Protobuf tensor = new Protobuf().number(1, FLOAT).message(2, shape);
        return new Protobuf().text(1, name).message(2, new Protobuf().message(1, tensor));
    }
}
