package io.github.convgauge.clblast;

import org.lwjgl.PointerBuffer;

/** Something that a queue can be given. */
interface Command {
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
        /** Some kernels, as many as CLBlast finds fit: the event is that of the last one. */
        KERNELS
    }

    /**
     * Returns at once, or when it is done: that is the driver's choice.
     *
     * @param event takes the event of the command, or null
     */
    void enqueue(long queue, PointerBuffer event);
}
