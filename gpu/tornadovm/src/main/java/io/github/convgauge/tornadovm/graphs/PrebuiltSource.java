package io.github.convgauge.tornadovm.graphs;

import io.github.convgauge.openclc.Program;

/**
 * The hand-written kernels as TornadoVM launches prebuilt ones: with four arguments of its own in front, and arrays
 * that begin with a header. Both are macros of the one text that everybody compiles; so are the constants, since a
 * plan has one set of compiler options for all of its tasks.
 */
final class PrebuiltSource {
    private static final String ARGUMENTS = String.join(
            " ", "global long *kernel_context,", "constant uchar *constant_region,", "local uchar *local_region,",
            "global int *atomics,");

    private PrebuiltSource() {}

    /** @param header of arrays, in bytes: a multiple of an element's size */
    static String of(Program program, long header) {
        return """
                // kernel void %s, as a prebuilt task of TornadoVM
                #define LEADING_ARGUMENTS %s
                #define ARRAY_HEADER %d
                """.formatted(program.function(), ARGUMENTS, header)
                + program.defines() + program.text();
    }
}
