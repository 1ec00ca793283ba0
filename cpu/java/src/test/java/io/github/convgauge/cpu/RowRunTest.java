package io.github.convgauge.cpu;

import static org.junit.jupiter.api.Assertions.assertEquals;

import io.github.convgauge.tensor.Layout;
import java.util.List;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.constraints.IntRange;
import net.jqwik.api.constraints.Size;
import org.junit.jupiter.api.Test;

class RowRunTest {
    @Test
    void contiguousIsOneRun() {
        assertEquals(new RowRun(24, 5), RowRun.of(Layout.contiguous(2, 3, 4, 5)));
    }

    @Test
    void channelsFirstHasARunForEachImage() {
        assertEquals(new RowRun(12, 1), RowRun.of(Layout.contiguous(2, 5, 3, 4).permute(0, 2, 3, 1)));
    }

    @Test
    void gapsBetweenLinesEndARun() {
        assertEquals(new RowRun(4, 5), RowRun.of(Layout.contiguous(2, 3, 6, 5).slice(2, 1, 5)));
    }

    @Test
    void sizesOfOneDoNotMatter() {
        assertEquals(new RowRun(6, 7), RowRun.of(Layout.of(new long[] {2, 3, 1, 5}, new long[] {21, 7, 99, 1}, 0)));
        assertEquals(1, RowRun.of(Layout.of(new long[] {1, 1, 1, 5}, new long[] {3, 3, 3, 1}, 0)).length());
    }

    @Property
    void everyRowOfARunIsAtItsStride(
            @ForAll @Size(3) List<@IntRange(min = 1, max = 4) Integer> sizes,
            @ForAll @Size(3) List<@IntRange(min = -6, max = 6) Integer> strides) {
        Layout layout = Layout.of(
                new long[] {sizes.get(0), sizes.get(1), sizes.get(2), 1},
                new long[] {strides.get(0), strides.get(1), strides.get(2), 1},
                100);
        RowRun run = RowRun.of(layout);
        for (long row = 0; row < layout.size(); row++) {
            long first = row - row % run.length();
            long w = row % sizes.get(2);
            long h = row / sizes.get(2) % sizes.get(1);
            long n = row / sizes.get(2) / sizes.get(1);
            assertEquals(layout.at(n, h, w, 0), RowRun.begin(layout, row), layout + ", row " + row);
            assertEquals(
                    layout.at(n, h, w, 0), RowRun.begin(layout, first) + (row - first) * run.stride(), layout + ", row " + row);
        }
    }
}
