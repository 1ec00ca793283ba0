package io.github.convgauge.tornadovm.grids;

import java.util.Arrays;
import uk.ac.manchester.tornado.api.WorkerGrid;
import uk.ac.manchester.tornado.api.WorkerGrid1D;
import uk.ac.manchester.tornado.api.WorkerGrid2D;
import uk.ac.manchester.tornado.api.WorkerGrid3D;

/**
 * Global and local work sizes. They are always set: no figure should hang on a choice that TornadoVM
 * makes and does not tell.
 *
 * @param cpu whether the device is a CPU, which runs a work-group on one core as loops over its items
 * @param computeUnits of the device
 * @param maxWorkGroup largest number of work items in a work-group
 * @param vectorBytes of a CPU's vector registers, 0 where it is not known
 */
public record Grids(boolean cpu, int computeUnits, long maxWorkGroup, int vectorBytes) {
    /** Work items of a group on a device that is no CPU: some warps, and never above what any device allows. */
    private static final int GROUP = 256;
    private static final int WARP = 32;
    /** In all dimensions but the first, CUDA has no more work-groups than this (CUDA C++ Programming Guide, compute capabilities). */
    static final int MOST_GROUPS = 65_535;
    /** Work-groups for each compute unit of a CPU, so that a core that is late costs little. */
    private static final int GROUPS_PER_UNIT = 16;
    /** Work items of a group on a CPU: enough to make its start cheap. */
    private static final int CPU_GROUP = 64;

    /**
     * For {@code @Parallel} loops, outermost first: their extents are rounded up to whole work-groups,
     * since OpenCL 1.2 wants no other, and the kernel's loops leave out what is beyond. What is beyond the work-groups that a GPU may have
     * in the second dimension is left to the same loops: they go on by the size of the grid.
     */
    public WorkerGrid parallel(int outer, int inner) {
        int[] extents = {outer, inner};
        long[] local = {1, 1, 1};
        if (cpu) {
            long items = (long) outer * inner;
            long wanted = Math.max(1, Math.min(items / ((long) GROUPS_PER_UNIT * computeUnits), CPU_GROUP));
            wanted = Math.min(wanted, maxWorkGroup);
            for (int d = 0; d < extents.length; d++) {
                local[d] = largestDivisor(extents[d], wanted);
                wanted /= local[d];
            }
        } else {
            long room = Math.min(GROUP, maxWorkGroup);
            for (int d = 0; d < extents.length; d++) {
                local[d] = Math.min(room, Math.min(d == 0 ? WARP : room, powerOfTwo(extents[d])));
                room /= local[d];
            }
            extents[1] = (int) Math.min(inner, MOST_GROUPS * local[1]);
        }
        return grid(extents, local);
    }

    /**
     * The same for work items that take long and keep all that they sum up in registers: alone in its group on a CPU. Of
     * several in a group PoCL makes loops over them, which it puts around the parts of a kernel's own loops, and sums
     * then live in memory from one part to the next.
     */
    public WorkerGrid heavy(int outer, int inner) {
        return cpu ? grouped(outer, inner, 1, 1) : parallel(outer, inner);
    }

    /** The same in groups of a given shape. */
    public static WorkerGrid grouped(int outer, int inner, int groupOuter, int groupInner) {
        return grid(new int[] {outer, inner}, new long[] {groupOuter, groupInner, 1});
    }

    /**
     * For a kernel of square tiles: a work-group computes one tile of a (rows, columns) matrix, of
     * which there are several.
     */
    public static WorkerGrid tiles(int columns, int rows, int matrices, int tile) {
        return grid(new int[] {columns, rows, matrices}, new long[] {tile, tile, 1});
    }

    /** Of sizes that are settled elsewhere, in up to three dimensions. */
    public static WorkerGrid of(long[] global, long[] local) {
        int[] extents = Arrays.stream(global).mapToInt(Math::toIntExact).toArray();
        WorkerGrid grid = switch (extents.length) {
            case 1 -> new WorkerGrid1D(extents[0]);
            case 2 -> new WorkerGrid2D(extents[0], extents[1]);
            default -> new WorkerGrid3D(extents[0], extents[1], extents[2]);
        };
        grid.setLocalWork(local[0], local.length > 1 ? local[1] : 1, local.length > 2 ? local[2] : 1);
        return grid;
    }

    private static WorkerGrid grid(int[] extents, long[] local) {
        int[] global = new int[3];
        for (int d = 0; d < global.length; d++) {
            long extent = d < extents.length ? extents[d] : 1;
            global[d] = Math.toIntExact(Math.ceilDiv(extent, local[d]) * local[d]);
        }
        WorkerGrid grid = extents.length == 3
                ? new WorkerGrid3D(global[0], global[1], global[2])
                : new WorkerGrid2D(global[0], global[1]);
        grid.setLocalWork(local[0], local[1], local[2]);
        return grid;
    }

    /** The largest divisor of an extent that is not above a limit; half the limit where only small ones divide. */
    private static long largestDivisor(long extent, long limit) {
        for (long d = Math.min(extent, limit); 2 * d > Math.min(extent, limit); d--) {
            if (extent % d == 0) {
                return d;
            }
        }
        // Nothing near divides it: then some work items beyond the edge are the smaller loss.
        return Math.min(extent, limit);
    }

    private static long powerOfTwo(int extent) {
        return Long.highestOneBit(Math.max(1, 2L * extent - 1));
    }
}
