package io.github.convgauge.opencl;

import io.github.convgauge.backend.DeviceMemory;

/**
 * How an algorithm does one problem with these tensors on this device. All decisions are made when it
 * is constructed; nothing is allocated on the device before {@link #assemble}.
 */
interface Plan {
    /** Adds what it allocates beside x, w and y. */
    void declare(DeviceMemory memory);

    /** Allocates, compiles, and puts the kernels together. */
    void assemble(Assembly assembly);
}
