package io.github.convgauge.cpu.kernel;

import java.lang.foreign.MemorySegment;

/**
 * How generated kernels reach memory.
 *
 * <p>A check at each access costs little in a long loop, since C2 takes it out of the loop's middle.
 * But it then peels the loop's ends and computes for each access how far the middle reaches, which for
 * the 24 steps of a kernel row of 8 channels takes as long as the sums themselves.
 */
public enum Access {
    /** Each access is checked against its segment. */
    CHECKED,
    /**
     * Through one segment that is all memory, so that checks are true by their types and vanish. The
     * caller answers for the offsets, and for memory that stays alive during a run.
     */
    UNCHECKED;

    private static final Access FASTEST = Access.class.getModule().isNativeAccessEnabled() ? UNCHECKED : CHECKED;

    /** Unchecked where the JVM was given {@code --enable-native-access} for this module, else checked. */
    public static Access fastest() {
        return FASTEST;
    }

    /** Read by generated kernels; made when the first unchecked one is, since making it is restricted. */
    static final class Everything {
        static final MemorySegment MEMORY = MemorySegment.NULL.reinterpret(Long.MAX_VALUE);

        private Everything() {}
    }
}
