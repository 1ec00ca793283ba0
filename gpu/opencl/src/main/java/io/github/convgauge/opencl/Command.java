package io.github.convgauge.opencl;

import org.lwjgl.PointerBuffer;

/** Something that a queue can be given. */
interface Command {
    /** Which stage of {@link io.github.convgauge.backend.PreparedConv#profile} its time belongs to. */
    String stage();

    /** Whether it is a kernel, and not a transfer. */
    boolean isKernel();

    /**
     * Returns at once, or when it is done: that is the driver's choice.
     *
     * @param event takes the event of the command, or null
     */
    void enqueue(long queue, PointerBuffer event);
}
