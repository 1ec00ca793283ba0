package io.github.convgauge.tornadovm;

import io.github.convgauge.backend.KernelSource;
import io.github.convgauge.tornadovm.graphs.ConvGraph;
import java.io.OutputStream;
import java.io.PrintStream;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import uk.ac.manchester.tornado.api.TornadoExecutionPlan;
import uk.ac.manchester.tornado.api.WorkerGrid;

/**
 * The kernels that TornadoVM generates while this is open. It prints them, each with one call of
 * println on the standard output, and keeps them where no API reaches, so that stream is where they
 * are taken from.
 */
final class KernelCapture extends PrintStream {
    private static final Map<String, String> EXTENSIONS = Map.of("OPENCL", "cl", "PTX", "ptx", "CUDA", "cu", "METAL", "metal");

    private final TornadoExecutionPlan plan;
    private final PrintStream before = System.out;
    private final List<String> sources = new ArrayList<>();

    private KernelCapture(TornadoExecutionPlan plan) {
        super(OutputStream.nullOutputStream(), false, StandardCharsets.UTF_8);
        this.plan = plan;
    }

    static KernelCapture on(TornadoExecutionPlan plan) {
        KernelCapture capture = new KernelCapture(plan);
        plan.withPrintKernel();
        System.setOut(capture);
        return capture;
    }

    @Override
    public void println(String text) {
        sources.add(text);
    }

    @Override
    public void close() {
        System.setOut(before);
        plan.withoutPrintKernel();
        super.close();
    }

    /** In the order of the tasks, which is that of their compilation. */
    List<KernelSource> kernels(ConvGraph graph, String driver) {
        List<String> names = graph.taskNames();
        if (sources.size() != names.size()) {
            throw new IllegalStateException("TornadoVM printed %d kernels for the %d tasks %s".formatted(
                    sources.size(), names.size(), names));
        }
        List<KernelSource> kernels = new ArrayList<>();
        for (int i = 0; i < names.size(); i++) {
            WorkerGrid grid = graph.scheduler().get(ConvGraph.NAME + "." + names.get(i));
            Map<String, String> facts = new LinkedHashMap<>();
            facts.put("task", ConvGraph.NAME + "." + names.get(i));
            facts.put("global work size", Arrays.toString(grid.getGlobalWork()));
            facts.put("local work size", Arrays.toString(grid.getLocalWork()));
            facts.put("compiler flags", flags(driver));
            kernels.add(new KernelSource(names.get(i), EXTENSIONS.getOrDefault(driver, "txt"), sources.get(i), facts));
        }
        return kernels;
    }

    /** Those of a property, or TornadoVM's own, which it does not tell. */
    private static String flags(String driver) {
        return System.getProperty(
                "tornado.%s.compiler.flags".formatted(driver.toLowerCase(Locale.ROOT)), "TornadoVM's defaults");
    }
}
