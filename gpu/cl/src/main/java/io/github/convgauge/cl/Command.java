package io.github.convgauge.cl;

import io.github.convgauge.backend.KernelSource;
import java.util.Optional;
import org.lwjgl.PointerBuffer;

/** Something that a queue can be given. */
public interface Command {
    /** Which stage of {@link io.github.convgauge.backend.PreparedConv#profile} its time belongs to. */
    String stage();

    /** What the device does for it, and so what its event shows. */
    Kind kind();

    /** What the device does for a command. */
    enum Kind {
        /** A copy between host and device. */
        TRANSFER,
        /** One kernel: its event has the kernel's start and end. */
        KERNEL,
        /** Some kernels, as many as a library finds fit: the event is that of the last one. */
        KERNELS
    }

    /** The kernel's source as it was compiled, where it is ours to show. */
    default Optional<KernelSource> source() {
        return Optional.empty();
    }

    /**
     * Returns at once, or when it is done: that is the driver's choice.
     *
     * @param event takes the event of the command, or null
     */
    void enqueue(long queue, PointerBuffer event);
}
