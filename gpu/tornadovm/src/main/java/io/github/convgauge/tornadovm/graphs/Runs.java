package io.github.convgauge.tornadovm.graphs;

import java.util.stream.IntStream;

/** How many neighbouring channels of x a copy can move at once, as vectors of TornadoVM, which begin at multiples of their length. */
final class Runs {
    private Runs() {}

    /** 16, 4 or 1, to pad x. */
    static int lanes(Copy copy) {
        return lanes(copy.c(), copy.fC(), copy.fromOffset(), copy.fN(), copy.fH(), copy.fW());
    }

    /** 16, 4 or 1, to copy windows of x. */
    static int lanes(Windows k) {
        return lanes(k.gic(), k.xC(), k.offset(), k.xG(), k.xN(), k.xI(), k.xJ(), k.xKh(), k.xKw());
    }

    private static int lanes(int channels, int stride, int... begins) {
        for (int lanes : new int[] {16, 4}) {
            if (channels % lanes == 0 && stride == 1 && IntStream.of(begins).allMatch(begin -> begin % lanes == 0)) {
                return lanes;
            }
        }
        return 1;
    }
}
