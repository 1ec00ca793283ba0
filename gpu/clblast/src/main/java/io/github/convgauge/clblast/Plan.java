package io.github.convgauge.clblast;

import io.github.convgauge.backend.DeviceMemory;
import java.util.List;

/**
 * How an algorithm does one problem on this device. All decisions are made when it is constructed;
 * nothing is allocated on the device before {@link #assemble}.
 */
interface Plan {
    /** x, w and y as CLBlast wants them. */
    DeviceTensor x();

    DeviceTensor w();

    DeviceTensor y();

    /** Adds what is allocated beside x, w and y, by us or by CLBlast. */
    void declare(DeviceMemory memory);

    /** Allocates, compiles, and gives what an execution is, in order. */
    List<Command> assemble(Resources resources);
}
