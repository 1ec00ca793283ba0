package io.github.convgauge.openclc;

import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.util.List;

/** A kernel's source, and the constants that it is compiled with. */
public final class Program {
    /**
     * OpenCL C 1.2, which every later device still compiles. No flag that loosens the arithmetic: the
     * kernels allow fused multiply-adds by FP_CONTRACT, which round correctly, and nothing more. With
     * -cl-mad-enable a product's rounding would be undefined in OpenCL 1.2, with
     * -cl-fast-relaxed-math a NaN or an infinity in x need not arrive in y; the error bound of a row
     * could then not be derived.
     */
    public static final String FLAGS = "-cl-std=CL1.2";

    private final String function;
    private final String options;
    private final String defines;
    private final String text;

    /**
     * @param function its name in the source
     * @param files resources, the kernel's own last
     */
    public Program(String function, Constants constants, String... files) {
        this.function = function;
        options = constants.options();
        defines = constants.defines();
        StringBuilder all = new StringBuilder();
        for (String file : files) {
            all.append(resource(file)).append('\n');
        }
        text = all.toString();
    }

    private static String resource(String name) {
        try (InputStream in = Program.class.getResourceAsStream(name)) {
            if (in == null) {
                throw new IllegalStateException("the jar has no " + name);
            }
            return new String(in.readAllBytes(), StandardCharsets.UTF_8);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    public String function() {
        return function;
    }

    /** The source, for {@link #FLAGS} and {@link #options}. */
    public String text() {
        return text;
    }

    /** The constants as options of the compiler. */
    public String options() {
        return options;
    }

    /** The same as lines in front of the source, for a runtime that takes one set of options for several programs. */
    public String defines() {
        return defines;
    }
}
