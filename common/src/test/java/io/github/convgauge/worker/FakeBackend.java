package io.github.convgauge.worker;

import io.github.convgauge.backend.Algorithm;
import io.github.convgauge.backend.Backend;
import io.github.convgauge.backend.BackendUnavailableException;
import io.github.convgauge.backend.ConvSpec;
import io.github.convgauge.backend.CopyLoop;
import io.github.convgauge.backend.Device;
import io.github.convgauge.backend.FellBackException;
import io.github.convgauge.backend.Grouping;
import io.github.convgauge.backend.PeakLoop;
import io.github.convgauge.backend.Output;
import io.github.convgauge.backend.PreparedConv;
import io.github.convgauge.backend.PreparedMany;
import io.github.convgauge.backend.Regime;
import io.github.convgauge.backend.UnsupportedConvException;
import io.github.convgauge.tensor.DType;
import io.github.convgauge.tensor.Tensor;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/**
 * A backend whose algorithms go wrong in every way that a run has to survive. System properties of
 * its worker say what it is: {@code fake.name}, {@code fake.algorithms} (names of {@link Fault}),
 * {@code fake.peak} (operations of its peak loop), {@code fake.copy} (bytes of its copy), {@code fake.start} ({@code unavailable},
 * {@code throws} or {@code dies}), {@code fake.devices} (id=name,…, with _ for blanks, or just host; without it the
 * host alone), {@code fake.marker} (see {@link FakeConv}),
 * {@code fake.kernel.<id>} (nanoseconds
 * of its kernels, twice that where something is copied),
 * {@code fake.cost} and {@code fake.submit} (see {@link FakeCost}), {@code fake.variants} (of every algorithm: variant:fault,…, with
 * _ for blanks; the first fault is that of the default only where it is asked for by name), {@code fake.version},
 * {@code fake.expect}, {@code fake.drop} and {@code fake.log}. There is no service file, so that no other
 * module's tests meet it: the fixture that lays its folder out adds one.
 */
public final class FakeBackend implements Backend {
    /** What an execution of the peak loop, which does nothing, takes at the least. */
    private static final long PEAK_NANOS = 20_000;

    @Override
    public String name() {
        return System.getProperty("fake.name", "fake");
    }

    @Override
    public void start() throws BackendUnavailableException {
        requireEnvironment();
        drop();
        switch (System.getProperty("fake.start", "well")) {
            case "well" -> { }
            case "unavailable" -> throw new BackendUnavailableException(
                    "there is no fake driver", "install the fake driver", null);
            case "throws" -> throw new IllegalStateException("the fake driver is broken");
            case "dies" -> {
                System.out.println("the fake driver gave up");
                Runtime.getRuntime().halt(3);
            }
            default -> throw new IllegalArgumentException("fake.start");
        }
    }

    /** {@code fake.expect}, a name and its value, must be in the environment. */
    private static void requireEnvironment() {
        String expected = System.getProperty("fake.expect");
        if (expected != null) {
            String[] entry = expected.split("=", 2);
            if (!entry[1].equals(System.getenv(entry[0]))) {
                throw new IllegalStateException(entry[0] + " is " + System.getenv(entry[0]));
            }
        }
    }

    /** Some libraries write into the folder that they are started in: {@code fake.drop}. */
    private static void drop() {
        String name = System.getProperty("fake.drop");
        try {
            if (name != null) {
                Files.writeString(Path.of(name), "");
            }
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    /** What was asked of it, a line each: {@code fake.log}. */
    private static void log(String what) {
        String file = System.getProperty("fake.log");
        try {
            if (file != null) {
                Files.writeString(Path.of(file), what + "\n", StandardOpenOption.CREATE, StandardOpenOption.APPEND);
            }
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    @Override
    public Map<String, String> versions() {
        return Map.of("libfake", System.getProperty("fake.version", "1.2.3"));
    }

    @Override
    public List<Device> devices() {
        if (!onDevices()) {
            return List.of(Device.host());
        }
        List<Device> devices = new ArrayList<>();
        Map<String, Integer> ordinals = new HashMap<>();
        for (String entry : System.getProperty("fake.devices").split(",")) {
            if (entry.isEmpty()) {
                continue;
            }
            String[] idAndName = entry.split("=");
            if (idAndName[0].equals(Device.HOST_ID)) {
                devices.add(Device.host());
                continue;
            }
            String name = idAndName[1].replace('_', ' ');
            Device device = new Device(
                    idAndName[0], Device.hardware(name, ordinals.merge(name, 1, Integer::sum) - 1), name,
                    Map.of("platform", "Fake Computing Language", "type", "GPU", "compute units", "7", "memory", "2.0 GiB",
                            "f64", "yes", "driver", "1.2.3", "local memory", "48.0 KiB", "queue", "in order"));
            devices.add(device);
        }
        return devices;
    }

    private static boolean onDevices() {
        return System.getProperty("fake.devices") != null;
    }

    @Override
    public List<Algorithm> algorithms() {
        return Arrays.stream(System.getProperty("fake.algorithms", "right").split(","))
                .map(Fault::ofName)
                .map(this::algorithm)
                .toList();
    }

    private Algorithm algorithm(Fault fault) {
        if (onDevices()) {
            Algorithm algorithm = Algorithm.summing(
                    fault.label(), "on a device", Regime.RESIDENT, Regime.WEIGHTS_RESIDENT, Regime.END_TO_END);
            return switch (fault) {
                case RELAYED -> algorithm.withKernelsOf(Fault.RIGHT.label());
                case RESERVED -> algorithm.madeFor(List.of(devices().getFirst().id()));
                default -> algorithm;
            };
        }
        return switch (fault) {
            case RIGHT -> Algorithm.summing(fault.label(), "does what it should", Regime.EAGER, Regime.PREPARED);
            case RIGHT_ANYWHERE -> Algorithm.summing(fault.label(), "does what it should", Regime.EAGER)
                    .writing(Output.REUSED, Output.FRESH);
            case UNWRITTEN_REAL -> new Algorithm(
                    fault.label(), "goes wrong, and has its own law", List.of(Regime.EAGER), List.of(Output.REUSED), false,
                    Optional.of((terms, u, absSum, scale) -> terms * u * scale));
            default -> Algorithm.summing(fault.label(), "goes wrong", Regime.EAGER);
        };
    }

    @Override
    public List<String> variants(ConvSpec spec) throws UnsupportedConvException {
        log("variants " + spec.algorithm());
        if (Fault.ofName(spec.algorithm()) == Fault.REFUSES) {
            throw new UnsupportedConvException("it does no convolution of this kind");
        }
        return List.copyOf(variants().keySet());
    }

    private static Map<String, Fault> variants() {
        Map<String, Fault> variants = new LinkedHashMap<>();
        String text = System.getProperty("fake.variants", "");
        for (String entry : text.isEmpty() ? new String[0] : text.split(",")) {
            String[] variantAndFault = entry.split(":");
            variants.put(variantAndFault[0].replace('_', ' '), Fault.ofName(variantAndFault[1]));
        }
        return variants;
    }

    private static Fault fault(ConvSpec spec) throws UnsupportedConvException {
        if (spec.variant().equals(ConvSpec.DEFAULT_VARIANT)) {
            return Fault.ofName(spec.algorithm());
        }
        Fault fault = variants().get(spec.variant());
        if (fault == null) {
            throw new UnsupportedConvException("there is no variant '" + spec.variant() + "'");
        }
        log("prepare " + spec.variant());
        return fault;
    }

    @Override
    public PreparedConv prepare(ConvSpec spec, Tensor x, Tensor w, Tensor y) throws UnsupportedConvException {
        Fault fault = fault(spec);
        if (fault == Fault.REFUSES || (fault == Fault.REFUSES_F32 && spec.dtype() == DType.F32)) {
            throw new UnsupportedConvException("it does no " + spec.dtype().label() + " convolution of this kind");
        }
        if (fault == Fault.RESERVED && !spec.deviceId().equals(devices().getFirst().id())) {
            throw new UnsupportedConvException("it is made for another device");
        }
        if (fault == Fault.THROWS_IN_PREPARE) {
            throw new IllegalStateException("no room for the fake weights");
        }
        if (fault == Fault.FALLS_BACK_IN_PREPARE) {
            throw new FellBackException(FakeConv.FELL_BACK);
        }
        return new FakeConv(spec, fault, x, w, y);
    }

    /** Only devices that say what a submission costs have submissions. */
    @Override
    public Optional<PreparedMany> prepareMany(ConvSpec spec, Grouping grouping, Tensor x, Tensor w, List<Tensor> ys)
            throws UnsupportedConvException {
        if (FakeCost.submitNanos() == 0) {
            return Optional.empty();
        }
        List<PreparedConv> each = new ArrayList<>();
        for (Tensor y : ys) {
            each.add(prepare(spec, x, w, y));
        }
        return Optional.of(new FakeMany(each, grouping, Fault.ofName(spec.algorithm()), ys));
    }

    @Override
    public Optional<PeakLoop> peak(String deviceId, DType dtype, int threads) {
        if (devices().stream().noneMatch(device -> device.id().equals(deviceId))) {
            throw new IllegalArgumentException("no device " + deviceId);
        }
        log("peak %s %s %d".formatted(deviceId, dtype.label(), threads));
        double flops = Double.parseDouble(System.getProperty("fake.peak", "0"));
        return flops == 0 ? Optional.empty() : Optional.of(new PeakLoop() {
            @Override
            public double flops() {
                return flops;
            }

            @Override
            public void close() {
                log("close " + deviceId);
            }

            @Override
            public void execute() {
                spin();
            }
        });
    }

    /** Its execution takes as long as that of the peak loop, whatever the size of the arrays. */
    @Override
    public Optional<CopyLoop> copy(String deviceId, long arrayBytes, int threads) {
        double bytes = Double.parseDouble(System.getProperty("fake.copy", "0"));
        if (bytes == 0) {
            return Optional.empty();
        }
        log("copy %s %d".formatted(deviceId, threads));
        return Optional.of(new CopyLoop() {
            @Override
            public double bytes() {
                return bytes;
            }

            @Override
            public void execute() {
                spin();
            }
        });
    }

    private static void spin() {
        long end = System.nanoTime() + PEAK_NANOS;
        while (System.nanoTime() < end) {
            Thread.onSpinWait();
        }
    }
}
