package io.github.convgauge.tornadovm;

import io.github.convgauge.openclc.Program;
import io.github.convgauge.tornadovm.graphs.RowGraph;

/**
 * What drivers compile kernels with. TornadoVM's own choice for OpenCL, which it does not
 * tell through its API, is given here by hand, so that it can be recorded.
 */
final class CompilerFlags {
    /** The name of TornadoVM's backend whose driver takes them. */
    static final String OPENCL = "OPENCL";

    private static final String PROPERTY = "tornado.opencl.compiler.flags";
    private static final String DEFAULT = "-cl-mad-enable -cl-fast-relaxed-math -w";

    private CompilerFlags() {}

    /** Those of TornadoVM's property, where it is set. */
    static String opencl() {
        return System.getProperty(PROPERTY, DEFAULT);
    }

    /** Of a row's kernels on an OpenCL device: hand-written ones have their own, whoever launches them. */
    static String opencl(RowGraph graph) {
        return graph.isPrebuilt() ? Program.FLAGS : opencl();
    }
}
