package io.github.convgauge.worker;

import io.github.convgauge.backend.ConvSpec;
import io.github.convgauge.backend.Device;
import io.github.convgauge.backend.FellBackException;
import io.github.convgauge.backend.KernelSource;
import io.github.convgauge.backend.PreparedConv;
import io.github.convgauge.backend.Regime;
import io.github.convgauge.conv.ConvProblem;
import io.github.convgauge.tensor.DType;
import io.github.convgauge.tensor.Tensor;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/** The seven loops, with one fault. */
final class FakeConv implements PreparedConv {
    /** Executions that the checks never reach and the timing always does. */
    static final int LATE = 12;

    private static final int EXIT_CODE = 7;
    private static final long SLOW_MILLIS = 20;

    /** Of {@link Fault#WRONG_AGAIN}; a check lays a row out twice, for its own data and for integers. */
    private static final int FIRST_CHECK = 2;
    private static int laidOut;

    static final String FELL_BACK = "the fake runtime went on in plain Java";

    private final ConvProblem problem;
    private final String device;
    private final Regime regime;
    private final Fault fault;
    private final boolean dropsATap;
    private final Tensor x;
    private final Tensor w;
    private final Tensor y;
    private final FakeCost cost;
    private int executions;

    FakeConv(ConvSpec spec, Fault fault, Tensor x, Tensor w, Tensor y) {
        this.problem = spec.problem();
        this.device = spec.deviceId();
        this.regime = spec.regime();
        this.fault = fault;
        this.cost = FakeCost.of(spec.algorithm());
        laidOut += fault == Fault.WRONG_AGAIN ? 1 : 0;
        dropsATap = fault == Fault.WRONG || (fault == Fault.WRONG_FROM_FOUR && problem.mb() >= 4)
                || (fault == Fault.WRONG_AGAIN && laidOut > FIRST_CHECK);
        this.x = x;
        this.w = w;
        this.y = y;
    }

    @Override
    public void execute() {
        long end = System.nanoTime() + cost.nanos(problem.mb(), executions == 0);
        perform();
        FakeCost.spinUntil(end);
    }

    private void perform() {
        executions++;
        boolean late = executions > LATE;
        if (executions == LATE + 1) {
            leaveMarker();
        }
        boolean marked = Double.isNaN(y.getDouble(0, 0, 0, 0));
        switch (fault) {
            case THROWS -> throw new IllegalStateException("fake failure");
            case THROWS_LATE -> throwIf(late);
            case THROWS_AT_LAST -> throwIf(late && marked);
            case FALLS_BACK -> fallBackIf(true);
            case FALLS_BACK_LATE -> fallBackIf(late);
            case FALLS_BACK_AT_LAST -> fallBackIf(late && marked);
            case DIES -> die();
            case DIES_LATE -> {
                if (late) {
                    die();
                }
            }
            case HANGS -> {
                leaveMarker();
                sleep(Long.MAX_VALUE);
            }
            case SLOW -> sleep(SLOW_MILLIS);
            default -> { }
        }
        Tensor last = last().copy();
        compute();
        switch (fault) {
            case NAN -> y.setDouble(Double.NaN, 0, 0, 0, 0);
            case CONSTANT -> y.fill(i -> 1);
            case INEXACT -> nudge();
            case UNWRITTEN, UNWRITTEN_REAL -> last().copyFrom(last);
            case FLIPS -> {
                if (executions % 2 == 0) {
                    nudge();
                }
            }
            case LATE -> {
                if (late) {
                    y.setDouble(-1, 0, 0, 0, 0);
                }
            }
            default -> { }
        }
    }

    /** For a test that waits until a row is being timed, or hangs: a file, if {@code fake.marker} names one. */
    private static void leaveMarker() {
        String marker = System.getProperty("fake.marker");
        try {
            if (marker != null) {
                Files.write(Path.of(marker), new byte[0]);
            }
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    private static void throwIf(boolean now) {
        if (now) {
            throw new IllegalStateException("fake failure after a while");
        }
    }

    private static void fallBackIf(boolean now) {
        if (now) {
            throw new FellBackException(FELL_BACK);
        }
    }

    private static void die() {
        System.out.println("about to die");
        Runtime.getRuntime().halt(EXIT_CODE);
    }

    private static void sleep(long millis) {
        try {
            Thread.sleep(millis);
        } catch (InterruptedException e) {
            throw new IllegalStateException(e);
        }
    }

    private void nudge() {
        double value = y.getDouble(0, 0, 0, 0);
        y.setDouble(y.dtype() == DType.F32 ? Math.nextUp((float) value) : Math.nextUp(value), 0, 0, 0, 0);
    }

    private Tensor last() {
        return y.slice(0, problem.mb() - 1, problem.mb()).slice(1, problem.oh() - 1, problem.oh())
                .slice(2, problem.ow() - 1, problem.ow()).slice(3, problem.oc() - 1, problem.oc());
    }

    private void compute() {
        for (int n = 0; n < problem.mb(); n++) {
            for (int i = 0; i < problem.oh(); i++) {
                for (int j = 0; j < problem.ow(); j++) {
                    for (int o = 0; o < problem.oc(); o++) {
                        y.setDouble(sum(n, i, j, o), n, i, j, o);
                    }
                }
            }
        }
    }

    private double sum(int n, int i, int j, int o) {
        double sum = 0;
        int group = o / problem.groupOc();
        int taps = problem.kh() * problem.kw() - (dropsATap ? 1 : 0);
        for (int tap = 0; tap < taps; tap++) {
            int a = tap / problem.kw();
            int b = tap % problem.kw();
            int h = i * problem.sh() + a * (problem.dh() + 1) - problem.padTop();
            int v = j * problem.sw() + b * (problem.dw() + 1) - problem.padLeft();
            if (h >= 0 && h < problem.ih() && v >= 0 && v < problem.iw()) {
                for (int c = 0; c < problem.groupIc(); c++) {
                    sum += x.getDouble(n, h, v, group * problem.groupIc() + c) * w.getDouble(a, b, c, o);
                }
            }
        }
        return sum;
    }

    @Override
    public Tensor output() {
        return y;
    }

    private boolean onHost() {
        return device.equals(Device.HOST_ID);
    }

    @Override
    public Optional<String> proof() {
        fallBackIf(fault == Fault.FALLS_BACK_IN_PROOF);
        return onHost() ? Optional.empty() : Optional.of(device + " took 5 ns by its own clock");
    }

    @Override
    public List<KernelSource> kernels() {
        if (onHost()) {
            return List.of();
        }
        throwIf(fault == Fault.THROWS_IN_KERNELS);
        Map<String, String> facts = new LinkedHashMap<>();
        facts.put("options", "-cl-std=CL1.2");
        facts.put("build log", "first line\nsecond line");
        return List.of(
                new KernelSource("im2col", "cl", "kernel void im2col() {}\n", facts),
                new KernelSource("gemm/tiled 16x16", "ptx", ".entry gemm", Map.of()));
    }

    @Override
    public Map<String, Long> profile() {
        fallBackIf(fault == Fault.FALLS_BACK_IN_PROFILE);
        throwIf(fault == Fault.THROWS_IN_PROFILE);
        Map<String, Long> stages = new LinkedHashMap<>(Map.of("gemm", 5L));
        if (!onHost()) {
            stages.put(KERNEL_STAGE, Long.getLong("fake.kernel." + device, 500) * (regime == Regime.RESIDENT ? 1 : 2));
        }
        return stages;
    }
}
