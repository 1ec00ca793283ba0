package io.github.convgauge.openclc;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.github.convgauge.tensor.DType;
import java.util.Arrays;
import java.util.List;
import java.util.Random;
import org.junit.jupiter.api.Test;

/** Sizes of work-groups and blocks, on devices that are not here. */
class WorkSizeTest {
    private static final Target AVX512 = device(true, 2, 64, 4096);
    private static final Target AVX2 = device(true, 8, 32, 8192);
    private static final Target SSE = device(true, 1, 16, 1);
    private static final Target GPU = device(false, 132, 4, 1024);
    private static final List<Target> DEVICES = List.of(AVX512, AVX2, SSE, GPU);

    private static Target device(boolean cpu, int units, int vectorBytes, long workGroup) {
        return new Target(cpu, units, vectorBytes, 1 << 15, workGroup, List.of(1024L, 1024L, 64L));
    }

    @Test
    void coversAllItemsAndKeepsToTheLimits() {
        Random random = new Random(7);
        for (int i = 0; i < 10_000; i++) {
            Target device = DEVICES.get(random.nextInt(DEVICES.size()));
            long limit = 1 + random.nextInt(300);
            long[] items = random.longs(1 + random.nextInt(3), 1, 5000).toArray();
            WorkSize size = WorkSize.of(device, limit, items);
            String what = "%s of %s, limit %d: %s / %s".formatted(
                    Arrays.toString(items), device, limit, Arrays.toString(size.global()), Arrays.toString(size.local()));
            long group = 1;
            for (int d = 0; d < items.length; d++) {
                assertEquals(0, size.global()[d] % size.local()[d], what);
                assertTrue(size.global()[d] >= items[d] && size.global()[d] < items[d] + size.local()[d], what);
                assertTrue(size.local()[d] <= device.workItems().get(d), what);
                group *= size.local()[d];
            }
            assertTrue(group <= Math.min(limit, device.workGroup()), what);
        }
    }

    @Test
    void vectorsFitTheChannelsAndTheDevice() {
        assertEquals(16, Blocking.lanes(AVX512, DType.F32, 64));
        assertEquals(8, Blocking.lanes(AVX512, DType.F64, 64));
        assertEquals(16, Blocking.lanes(AVX2, DType.F32, 17));
        assertEquals(8, Blocking.lanes(SSE, DType.F32, 64));
        assertEquals(4, Blocking.lanes(GPU, DType.F32, 64));
        assertEquals(2, Blocking.lanes(GPU, DType.F64, 64));
        // No vectors where they leave too few work items.
        assertEquals(4, Blocking.lanes(GPU, DType.F32, 64, 1e6));
        assertEquals(2, Blocking.lanes(GPU, DType.F32, 64, 5e5));
        assertEquals(1, Blocking.lanes(GPU, DType.F32, 64, 1e5));
        assertEquals(16, Blocking.lanes(AVX512, DType.F32, 64, 100));
        for (Target device : DEVICES) {
            assertEquals(1, Blocking.lanes(device, DType.F32, 1));
            assertEquals(4, Blocking.lanes(device, DType.F32, 3));
        }
    }

    @Test
    void blocksFillTheRegistersAndDivideALineWhereTheyCan() {
        assertEquals(new Blocking(14, 2), block(AVX512, DType.F32, 16, 64, 28));
        assertEquals(new Blocking(14, 2), block(AVX512, DType.F64, 8, 64, 56));
        assertEquals(new Blocking(16, 1), block(AVX512, DType.F32, 16, 16, 32));
        assertEquals(new Blocking(6, 1), block(AVX2, DType.F32, 16, 64, 30));
        assertEquals(1, block(AVX512, DType.F32, 16, 64, 1).length());
        // As long where there are lines enough for all compute units, and ever shorter where there are not.
        assertEquals(new Blocking(7, 1), Blocking.of(GPU, DType.F32, 4, 64, 28, 512, 3000, 16));
        assertEquals(new Blocking(1, 1), block(GPU, DType.F32, 4, 64, 28));
    }

    /** Pixels 4096 bytes apart drive each other out of an L1 cache of 8 ways; a GPU has no such lines of them. */
    @Test
    void pixelsInOneSetOfACacheAreFew() {
        for (long apart : new long[] {4096, 8192}) {
            assertEquals(new Blocking(7, 2), Blocking.of(AVX512, DType.F32, 16, 64, 28, apart, 1, Integer.MAX_VALUE));
            assertEquals(new Blocking(7, 1), Blocking.of(GPU, DType.F32, 4, 64, 28, apart, 3000, 16));
        }
        assertEquals(new Blocking(14, 2), Blocking.of(AVX512, DType.F32, 16, 64, 28, 6144, 1, Integer.MAX_VALUE));
    }

    @Test
    void noBlockSpillsRegistersOrPassesTheLine() {
        for (Target device : DEVICES) {
            for (int line = 1; line < 300; line++) {
                for (int channels : new int[] {1, 15, 16, 17, 48, 100, 512}) {
                    int lanes = Blocking.lanes(device, DType.F32, channels);
                    Blocking block = block(device, DType.F32, lanes, channels, line);
                    String what = device + " " + line + " " + channels + ": " + block;
                    assertTrue(block.length() >= 1 && block.length() <= line, what);
                    assertTrue(block.vectors() >= 1 && (block.vectors() - 1) * lanes < channels, what);
                    int wide = block.vectors() * Math.ceilDiv(lanes, device.lanes(DType.F32));
                    int registers = device.vectorBytes() == 64 ? 32 : 16;
                    assertTrue(device.isCpu()
                            ? (block.length() + 1) * wide + 1 <= registers || block.equals(new Blocking(1, 1))
                            : block.length() <= 8 && block.vectors() == 1, what);
                }
            }
        }
    }

    private static Blocking block(Target device, DType dtype, int lanes, int channels, int line) {
        return Blocking.of(device, dtype, lanes, channels, line, 512, 1, Integer.MAX_VALUE);
    }
}
