package io.github.convgauge.opencl;

import io.github.convgauge.backend.DeviceMemory;
import io.github.convgauge.backend.UnsupportedConvException;

/**
 * How an algorithm does one problem with these tensors on this device. All decisions are made when it
 * is constructed; nothing is allocated on the device before {@link #assemble}.
 */
interface Plan {
    /** Adds what it allocates beside x, w and y. */
    void declare(DeviceMemory memory);

    /**
     * Allocates, compiles, and puts the kernels together.
     *
     * @throws UnsupportedConvException if a kernel, now that it is compiled, cannot have the sizes that were asked for
     */
    void assemble(Assembly assembly) throws UnsupportedConvException;
}
