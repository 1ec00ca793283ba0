package io.github.convgauge.cpu.kernel;

import io.github.convgauge.tensor.DType;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;

/** The readable form of a {@link BlockSpec}, one number at a time; it sums in the order of the generated one. */
public record ScalarBlock(BlockSpec spec) implements BlockKernel {
    @Override
    public void run(MemorySegment x, long xAt, MemorySegment w, long wAt, MemorySegment y, long yAt, int rows, int blocks) {
        if (rows < 0) {
            return;
        }
        for (int block = 0; block < blocks; block++) {
            for (int pixel = 0; pixel < spec.pixels(); pixel++) {
                for (int channel = 0; channel < spec.width(); channel++) {
                    long xPixel = xAt + block * spec.xBlock() + pixel * spec.xPixel();
                    long wChannel = wAt + (long) channel * spec.dtype().bytes();
                    long yChannel = yAt + block * spec.yBlock() + pixel * spec.yPixel() + (long) channel * spec.dtype().bytes();
                    if (spec.dtype() == DType.F64) {
                        double start = spec.accumulate() ? y.get(ValueLayout.JAVA_DOUBLE_UNALIGNED, yChannel) : 0;
                        y.set(ValueLayout.JAVA_DOUBLE_UNALIGNED, yChannel, sumF64(x, xPixel, w, wChannel, rows, pixel, start));
                    } else {
                        float start = spec.accumulate() ? y.get(ValueLayout.JAVA_FLOAT_UNALIGNED, yChannel) : 0;
                        y.set(ValueLayout.JAVA_FLOAT_UNALIGNED, yChannel, sumF32(x, xPixel, w, wChannel, rows, pixel, start));
                    }
                }
            }
        }
    }

    private float sumF32(MemorySegment x, long xAt, MemorySegment w, long wAt, int rows, int pixel, float start) {
        float sum = start;
        for (int row = 0; row < rows; row++) {
            for (BlockSpec.Run run : spec.runs()) {
                if (pixel < run.first() || pixel >= run.last()) {
                    continue;
                }
                for (int k = 0; k < run.length(); k++) {
                    float a = x.get(ValueLayout.JAVA_FLOAT_UNALIGNED, xAt + row * spec.xRow() + run.x() + k * spec.xStep());
                    float b = w.get(ValueLayout.JAVA_FLOAT_UNALIGNED, wAt + row * spec.wRow() + run.w() + k * spec.wStep());
                    sum = Math.fma(a, b, sum);
                }
            }
        }
        return sum;
    }

    private double sumF64(MemorySegment x, long xAt, MemorySegment w, long wAt, int rows, int pixel, double start) {
        double sum = start;
        for (int row = 0; row < rows; row++) {
            for (BlockSpec.Run run : spec.runs()) {
                if (pixel < run.first() || pixel >= run.last()) {
                    continue;
                }
                for (int k = 0; k < run.length(); k++) {
                    double a = x.get(ValueLayout.JAVA_DOUBLE_UNALIGNED, xAt + row * spec.xRow() + run.x() + k * spec.xStep());
                    double b = w.get(ValueLayout.JAVA_DOUBLE_UNALIGNED, wAt + row * spec.wRow() + run.w() + k * spec.wStep());
                    sum = Math.fma(a, b, sum);
                }
            }
        }
        return sum;
    }
}
