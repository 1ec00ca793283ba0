package io.github.convgauge.opencl;

import io.github.convgauge.cl.MissingOpenClContract;

class MissingOpenClTest extends MissingOpenClContract {
    /** What the JVM of a test runs. */
    static final class Start {
        public static void main(String[] args) {
            start(new OpenClBackend());
        }
    }

    @Override
    protected Class<?> main() {
        return Start.class;
    }
}
