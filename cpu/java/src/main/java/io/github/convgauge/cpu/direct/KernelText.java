package io.github.convgauge.cpu.direct;

import io.github.convgauge.cpu.kernel.BlockSpec;
import io.github.convgauge.cpu.kernel.DepthwiseSpec;
import java.util.List;
import java.util.stream.Collectors;

/** Generated kernels for people: their loops, with the numbers that are constants in them, in bytes. */
final class KernelText {
    private KernelText() {}

    static String of(BlockSpec spec) {
        return """
                // %s, %d-bit vectors: %d pixels x %d vectors of output channels in registers
                y[0 .. %d][0 .. %d] = %s
                for (row = 0; row < rows; row++) {
                %s}
                store y: pixel %d bytes apart; next block x + %d, y + %d
                """.formatted(
                spec.dtype().label(), spec.bits(), spec.pixels(), spec.vectors(),
                spec.pixels() - 1, spec.vectors() - 1, spec.accumulate() ? "what is there" : "0",
                spec.runs().stream()
                        .map(run -> """
                                    for (k = 0; k < %d; k++)
                                        y[%d .. %d][v] += x[row * %d + %d + k * %d + pixel * %d] * w[row * %d + %d + k * %d + v * %d]
                                """.formatted(
                                run.length(), run.first(), run.last() - 1, spec.xRow(), run.x(), spec.xStep(), spec.xPixel(),
                                spec.wRow(), run.w(), spec.wStep(), spec.bits() / Byte.SIZE))
                        .collect(Collectors.joining()),
                spec.yPixel(), spec.xBlock(), spec.yBlock());
    }

    static String of(DepthwiseSpec spec) {
        return """
                // depthwise %s, %d-bit vectors over channels: %d pixels in registers, for each of %d vectors, the last one %d bytes from the first
                y[0 .. %d] = 0
                for (row = 0; row < rows; row++) {
                %s}
                store y: pixel %d bytes apart; next block x + %d, y + %d
                """.formatted(
                spec.dtype().label(), spec.bits(), spec.pixels(), spec.vectors(), spec.lastVector(), spec.pixels() - 1,
                spec.runs().stream()
                        .map(run -> "    y[%d .. %d] += x[row * %d + %d + pixel * %d] * w[row * %d + %d]%n".formatted(
                                run.first(), run.last() - 1, spec.xRow(), run.x(), spec.xPixel(), spec.wRow(), run.w()))
                        .collect(Collectors.joining()),
                spec.yPixel(), spec.xBlock(), spec.yBlock());
    }

    static <T> String join(List<T> specs, java.util.function.Function<T, String> text) {
        return specs.stream().map(text).collect(Collectors.joining("\n"));
    }
}
