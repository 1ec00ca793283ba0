package io.github.convgauge.pytorchcuda;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import io.github.convgauge.backend.ConvSpec;
import io.github.convgauge.backend.FellBackException;
import io.github.convgauge.backend.PreparedConv;
import io.github.convgauge.backend.Regime;
import io.github.convgauge.backend.UnsupportedConvException;
import io.github.convgauge.conv.ConvProblem;
import io.github.convgauge.tensor.Tensor;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;

/** A convolution that Python has laid out under a number. */
final class PeerConv implements PreparedConv {
    private static final double NANOS_PER_MILLI = 1e6;

    private final Python python;
    private final int row;
    private final String device;
    private final List<String> kernels;
    private final SharedTensors.Mapped mapped;
    private final Tensor y;

    private PeerConv(Python python, int row, String device, List<String> kernels, SharedTensors.Mapped mapped, Tensor y) {
        this.python = python;
        this.row = row;
        this.device = device;
        this.kernels = kernels;
        this.mapped = mapped;
        this.y = y;
    }

    /**
     * @param format PyTorch's memory format: channels-last or contiguous
     * @throws UnsupportedConvException if cuDNN takes an algorithm of another error law
     */
    static PeerConv prepare(
            Python python, KernelNames names, ConvSpec spec, int deviceIndex, String deviceName, String format, boolean tf32,
            SharedTensors tensors, Tensor y) throws UnsupportedConvException {
        SharedTensors.Mapped mapped = tensors.map(python.folder());
        boolean made = false;
        try {
            ObjectNode whole = describe(spec, deviceIndex, format, tf32);
            whole.put("file", mapped.file().toString());
            tensors.describe(whole);
            // The regimes launch the same kernels.
            String key = "%s %s %s %d".formatted(spec.problem(), spec.dtype().label(), spec.algorithm(), deviceIndex);
            List<String> kernels = names.of(key, whole.deepCopy().put("regime", Regime.RESIDENT.label()));
            int row = python.newRow();
            ObjectNode open = Python.object().put("row", row);
            open.set("spec", whole);
            python.ask("open", open);
            made = true;
            return new PeerConv(python, row, deviceName, kernels, mapped, y);
        } finally {
            if (!made) {
                mapped.close();
            }
        }
    }

    private static ObjectNode describe(ConvSpec spec, int deviceIndex, String format, boolean tf32) {
        ConvProblem p = spec.problem();
        boolean symmetric = symmetricOutput(p.ih(), p.padTop(), p.dilatedKh(), p.sh()) == p.oh()
                && symmetricOutput(p.iw(), p.padLeft(), p.dilatedKw(), p.sw()) == p.ow();
        ObjectNode whole = Python.object()
                .put("device", deviceIndex)
                .put("dtype", spec.dtype().label())
                .put("regime", spec.regime().label())
                .put("format", format)
                .put("tf32", tf32)
                .put("groups", p.g());
        whole.putArray("stride").add(p.sh()).add(p.sw());
        whole.putArray("dilation").add(p.dh() + 1).add(p.dw() + 1);
        whole.putArray("padding").add(symmetric ? p.padTop() : 0).add(symmetric ? p.padLeft() : 0);
        // What functional.pad takes, where conv2d's own padding, the same on both sides, will not do.
        var frame = whole.putArray("frame");
        if (!symmetric) {
            frame.add(p.padLeft()).add(p.padRight()).add(p.padTop()).add(p.padBottom());
        }
        return whole;
    }

    /** Where the same padding on both sides gives the size that is asked for, any difference lies in what no window reaches. */
    private static long symmetricOutput(long in, long pad, long kernel, long stride) {
        return Math.floorDiv(in + 2 * pad - kernel, stride) + 1;
    }

    private ObjectNode me() {
        return Python.object().put("row", row);
    }

    @Override
    public void execute() {
        python.execute(row);
    }

    @Override
    public void uploadOutput() {
        mapped.y().copyFrom(y);
        python.ask("upload", me());
    }

    @Override
    public Tensor output() {
        if (!python.ask("output", me()).get("on_device").asBoolean()) {
            throw new FellBackException("PyTorch computed somewhere else than on " + device);
        }
        return y.copyFrom(mapped.y());
    }

    @Override
    public Optional<String> proof() {
        long nanos = profile().get(KERNEL_STAGE);
        if (nanos <= 0) {
            throw new FellBackException("by the events of CUDA nothing ran on " + device);
        }
        return Optional.of(String.format(
                Locale.ROOT, "%s, %.3f ms by events of CUDA, %s", device, nanos / NANOS_PER_MILLI, KernelNames.describe(kernels)));
    }

    @Override
    public Map<String, Long> profile() {
        Map<String, Long> stages = new LinkedHashMap<>();
        for (Map.Entry<String, JsonNode> stage : python.ask("stages", me()).properties()) {
            stages.put(stage.getKey(), stage.getValue().asLong());
        }
        return stages;
    }

    @Override
    public void close() {
        try {
            python.ask("close", me());
        } finally {
            mapped.close();
        }
    }
}
