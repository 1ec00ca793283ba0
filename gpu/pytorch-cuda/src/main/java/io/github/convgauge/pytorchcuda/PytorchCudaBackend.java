package io.github.convgauge.pytorchcuda;

import com.fasterxml.jackson.databind.JsonNode;
import io.github.convgauge.backend.Algorithm;
import io.github.convgauge.backend.Backend;
import io.github.convgauge.backend.BackendUnavailableException;
import io.github.convgauge.backend.ConvSpec;
import io.github.convgauge.backend.Device;
import io.github.convgauge.backend.DeviceMemory;
import io.github.convgauge.backend.Output;
import io.github.convgauge.backend.PreparedConv;
import io.github.convgauge.backend.Regime;
import io.github.convgauge.backend.Tf32;
import io.github.convgauge.backend.UnsupportedConvException;
import io.github.convgauge.tensor.Tensor;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.HashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.OptionalInt;
import java.util.TreeMap;

/**
 * The {@code pytorch-cuda} backend: {@code conv2d} of PyTorch on NVIDIA devices, in two memory formats, each in f32 as it
 * is and, on tensor cores, in TF32.
 */
public final class PytorchCudaBackend implements Backend {
    private static final Regime[] REGIMES = Regime.ofDevices();
    private static final String TF32 = "-tf32";
    private static final double NANOS_PER_MICRO = 1e3;

    private static final List<Algorithm> ALGORITHMS = List.of(
            Algorithm.summing("channels-last", "conv2d in the memory format channels_last, without TF32", REGIMES)
                    .writing(Output.FRESH),
            Algorithm.summing("contiguous", "conv2d in PyTorch's default memory format, NCHW, without TF32", REGIMES)
                    .writing(Output.FRESH),
            Algorithm.summing("channels-last" + TF32, "the same as channels-last with allow_tf32", REGIMES)
                    .writing(Output.FRESH).within(Tf32.LAW),
            Algorithm.summing("contiguous" + TF32, "the same as contiguous with allow_tf32", REGIMES)
                    .writing(Output.FRESH).within(Tf32.LAW));

    private final Map<String, String> environment;
    private final Map<String, Card> cards = new HashMap<>();
    private final List<Device> devices = new ArrayList<>();
    private Python python;
    private Map<String, String> versions;
    private KernelNames kernelNames;

    /** @param capability times ten */
    private record Card(int index, String name, long memory, int capability) {}

    public PytorchCudaBackend() {
        this(Map.of());
    }

    /** @param environment further variables of the Python processes */
    PytorchCudaBackend(Map<String, String> environment) {
        this.environment = environment;
    }

    @Override
    public String name() {
        return "pytorch-cuda";
    }

    @Override
    public void start() throws BackendUnavailableException {
        python = Python.start(environment);
        kernelNames = new KernelNames(environment);
        versions = new TreeMap<>();
        python.welcome().get("versions").properties().forEach(entry -> versions.put(entry.getKey(), entry.getValue().asText()));
        versions.put("handing an execution to Python and back", String.format(
                Locale.ROOT, "%.1f µs", python.roundTripNanos() / NANOS_PER_MICRO));
        Map<String, Integer> alike = new HashMap<>();
        for (JsonNode node : python.welcome().get("devices")) {
            Card card = new Card(
                    node.get("index").asInt(), node.get("name").asText(), node.get("memory").asLong(),
                    10 * node.get("major").asInt() + node.get("minor").asInt());
            String id = "cuda-" + card.index;
            cards.put(id, card);
            devices.add(new Device(
                    id, Device.hardware(card.name, alike.merge(card.name, 1, Integer::sum) - 1), card.name,
                    facts(card, node.get("units").asInt())));
        }
    }

    private static Map<String, String> facts(Card card, int units) {
        return Map.of(
                "platform", "CUDA", "type", "GPU", "compute units", Integer.toString(units),
                "memory", DeviceMemory.describe(card.memory), "f64", "yes",
                "compute capability", card.capability / 10 + "." + card.capability % 10);
    }

    @Override
    public Map<String, String> versions() {
        return versions;
    }

    @Override
    public List<Device> devices() {
        return List.copyOf(devices);
    }

    @Override
    public List<Algorithm> algorithms() {
        return ALGORITHMS;
    }

    @Override
    public PreparedConv prepare(ConvSpec spec, Tensor x, Tensor w, Tensor y) throws UnsupportedConvException {
        Card card = cards.get(spec.deviceId());
        if (card == null) {
            throw new IllegalArgumentException("unknown device '%s'; PyTorch has %s".formatted(spec.deviceId(), cards.keySet()));
        }
        if (ALGORITHMS.stream().noneMatch(algorithm -> algorithm.name().equals(spec.algorithm()))) {
            throw new UnsupportedConvException("there is no algorithm '" + spec.algorithm() + "'");
        }
        spec.requireDefaultVariant();
        if (!spec.dtype().isFloating()) {
            throw new UnsupportedConvException("cuDNN is asked for f32 and f64 here, not for " + spec.dtype().label());
        }
        if (!Arrays.asList(REGIMES).contains(spec.regime())) {
            throw new UnsupportedConvException("a device row is resident, weights_resident or end_to_end, not " + spec.regime().label());
        }
        boolean tf32 = spec.algorithm().endsWith(TF32);
        if (tf32) {
            Tf32.require(spec, OptionalInt.of(card.capability));
        }
        spec.requireTensors(x, w, y);
        SharedTensors tensors = SharedTensors.of(spec, x, w, y);
        new DeviceMemory()
                .add("x", tensors.bytes(x)).add("w", tensors.bytes(w)).add("y", tensors.bytes(y))
                .requireFits(card.memory, card.memory);
        String format = tf32 ? spec.algorithm().substring(0, spec.algorithm().length() - TF32.length()) : spec.algorithm();
        return PeerConv.prepare(python, kernelNames, spec, card.index, card.name, format, tf32, tensors, y);
    }

    @Override
    public void close() {
        if (kernelNames != null) {
            kernelNames.close();
        }
        if (python != null) {
            python.close();
        }
    }
}
