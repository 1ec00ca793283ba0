package io.github.convgauge.tornadovm;

import io.github.convgauge.openclc.Program;

/**
 * What drivers compile kernels with. TornadoVM's own choice for OpenCL, which it does not
 * tell through its API, is given here by hand, so that it can be recorded.
 */
final class CompilerFlags {
    /** The name of TornadoVM's backend whose driver takes them. */
    static final String OPENCL = "OPENCL";

    private static final String PROPERTY = "tornado.opencl.compiler.flags";
    private static final String DEFAULT = "-cl-mad-enable -cl-fast-relaxed-math -w";
    private static final String POCL = "Portable Computing Language";

    /**
     * TornadoVM writes each operation as a statement of its own, v = a * b and then s = s + v. The default allows to fuse
     * them, but Clang, PoCL's compiler, fuses within one expression only unless this pragma says otherwise, and takes it from
     * nowhere but the source. So it is put in front of each kernel, by way of the keyword that every kernel has. A
     * fused multiply-add rounds once: the bound of a plain sum holds for it too.
     */
    private static final String CONTRACT =
            "-DCONTRACT(how)=_Pragma(#how) -D__kernel=CONTRACT(clang/**/fp/**/contract(fast))kernel";

    private CompilerFlags() {}

    /** Those of TornadoVM's property, where it is set. */
    static String opencl() {
        return System.getProperty(PROPERTY, DEFAULT);
    }

    /** Of what TornadoVM generates for an OpenCL device. Who sets TornadoVM's property gets just that. */
    static String generated(TornadoDevices.Entry device) {
        boolean contracts = System.getProperty(PROPERTY) == null && device.tornado().getPlatformName().contains(POCL);
        return contracts ? onPocl() : opencl();
    }

    /** What PoCL gets, where nobody says otherwise. */
    static String onPocl() {
        return System.getProperty(PROPERTY, DEFAULT + " " + CONTRACT);
    }

    /** Of hand-written kernels on an OpenCL device, whoever launches them. */
    static String prebuilt() {
        return Program.FLAGS;
    }
}
