package io.github.convgauge.clblast;

import io.github.convgauge.backend.DeviceMemory;
import io.github.convgauge.backend.UnsupportedConvException;
import io.github.convgauge.cl.Command;
import io.github.convgauge.cl.DeviceTensor;
import io.github.convgauge.cl.Resources;
import io.github.convgauge.openclc.Operand;
import io.github.convgauge.tensor.Tensor;
import java.util.List;

/**
 * How an algorithm does one problem on this device. All decisions are made when it is constructed;
 * nothing is allocated on the device before {@link #assemble}.
 */
interface Plan {
    /** What counts the elements, for people. */
    String KERNELS = "CLBlast's kernels";

    /** x, w and y as CLBlast wants them. */
    DeviceTensor x();

    DeviceTensor w();

    DeviceTensor y();

    /** Adds what is allocated beside x, w and y, by us or by CLBlast. */
    void declare(DeviceMemory memory);

    /**
     * Allocates, compiles, and gives what an execution is, in order.
     *
     * @throws UnsupportedConvException if a kernel, now that it is compiled, cannot be launched on this device
     */
    List<Command> assemble(Resources resources) throws UnsupportedConvException;

    /**
     * A tensor as CLBlast wants it.
     *
     * @param order which of its dimensions comes first there, and so on
     * @throws UnsupportedConvException if it has 2^31 elements or more: CLBlast's kernels count with int
     */
    static DeviceTensor dense(String name, Tensor theirs, int... order) throws UnsupportedConvException {
        Operand.requireInt(name, theirs.size(), KERNELS);
        return DeviceTensor.dense(name, theirs, order);
    }
}
