package io.github.convgauge.cpu.winograd;

import static org.junit.jupiter.api.Assertions.assertEquals;

import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class ScheduleTest {
    /** Layers of ResNet: F4 in f32, 36·(ic + oc)·4 bytes of V and M for a tile, 36·ic·oc·4 of U, kernels of 14 rows. */
    @ParameterizedTest
    @CsvSource({
        "56,  64, 1, false, 28",
        "56,  64, 2, false, 28",
        "28, 128, 1, true, 56",
        "14, 256, 1, true, 28",
        "7,  512, 1, false, 14", // one block is all tiles: U is read once in either way, and this one has no barriers
        "7,  512, 2, true, 14",
    })
    void channelsDecide(int size, int channels, int threads, boolean staged, long tiles) {
        long inRow = Math.ceilDiv(size, 4);
        assertEquals(
                new Schedule(staged, tiles),
                Schedule.of(inRow * inRow, 1, threads, 36L * 2 * channels * 4, 36L * channels * channels * 4, 14));
    }

    /** V and M of a wave take no more memory than they may, however many images there are. */
    @ParameterizedTest
    @CsvSource({"1000000, 1", "1000000, 6", "16, 14"})
    void wavesAreWholeRowsAndBounded(long tiles, int rows) {
        Schedule schedule = Schedule.of(tiles, 1, 2, 36L * 1024 * 4, 36L * 512 * 512 * 4, rows);
        assertEquals(0, schedule.tiles() % rows);
        assertEquals(true, schedule.staged());
        assertEquals(Math.min(113 / rows * rows, Math.ceilDiv(tiles, rows) * rows), schedule.tiles());
    }

    /** A block of one row at least, and no larger than a thread's share. */
    @ParameterizedTest
    @CsvSource({"9, 1, 9", "9, 2, 5", "9, 3, 3", "9, 20, 1"})
    void blocksAreNoLargerThanAShare(long tiles, int threads, long block) {
        assertEquals(new Schedule(false, block), Schedule.of(tiles, 1, threads, 1000, 10, 1));
    }
}
