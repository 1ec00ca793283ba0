package io.github.convgauge.tornadovm;

import io.github.convgauge.backend.KernelSource;
import io.github.convgauge.tornadovm.graphs.RowGraph;
import java.io.PrintStream;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import uk.ac.manchester.tornado.api.TornadoExecutionPlan;
import uk.ac.manchester.tornado.api.WorkerGrid;

/**
 * The kernels that TornadoVM generates while this is open. It prints them, each with one call of
 * println on the standard output, and keeps them where no API reaches, so that stream is where they
 * are taken from.
 */
final class KernelCapture extends PrintStream {
    /** What TornadoVM's own switch prints. */
    private static final String PRINT_KERNEL = "tornado.printKernel";

    /**
     * How a driver's kernels look.
     *
     * @param extension of their files
     * @param marker what stands in each, and in nothing else that TornadoVM prints
     */
    private record Language(String extension, String marker) {}

    private static final Map<String, Language> LANGUAGES = Map.of(
            // Generated ones begin with __kernel.
            "OPENCL", new Language("cl", "kernel void "),
            "PTX", new Language("ptx", ".entry "),
            "CUDA", new Language("cu", "__global__ "),
            "METAL", new Language("metal", "kernel void "));

    private final TornadoExecutionPlan plan;
    private final String driver;
    private final Language language;
    private final PrintStream before;
    private final List<String> sources = new ArrayList<>();

    private KernelCapture(TornadoExecutionPlan plan, String driver, PrintStream before) {
        super(before, false, StandardCharsets.UTF_8);
        this.plan = plan;
        this.driver = driver;
        this.before = before;
        language = LANGUAGES.getOrDefault(driver, new Language("txt", "\n"));
    }

    static KernelCapture on(TornadoExecutionPlan plan, String driver) {
        KernelCapture capture = new KernelCapture(plan, driver, System.out);
        plan.withPrintKernel();
        System.setOut(capture);
        return capture;
    }

    @Override
    public void println(String text) {
        boolean kernel = text.contains(language.marker);
        if (kernel) {
            sources.add(text);
        }
        if (!kernel || Boolean.getBoolean(PRINT_KERNEL)) {
            super.println(text);
        }
    }

    @Override
    public void close() {
        flush();
        System.setOut(before);
        if (!Boolean.getBoolean(PRINT_KERNEL)) {
            plan.withoutPrintKernel();
        }
    }

    /**
     * In the order of the tasks, which is that of their compilation.
     *
     * @param openClFlags what they were compiled with, if the device is one of OpenCL
     * @throws IllegalStateException if TornadoVM printed not as many
     */
    List<KernelSource> kernels(RowGraph graph, String openClFlags) {
        List<String> names = new ArrayList<>(graph.taskNames());
        names.removeAll(graph.libraryTasks());
        if (sources.size() != names.size()) {
            throw new IllegalStateException("TornadoVM printed %d kernels for the %d tasks %s".formatted(
                    sources.size(), names.size(), names));
        }
        List<KernelSource> kernels = new ArrayList<>();
        for (int i = 0; i < names.size(); i++) {
            WorkerGrid grid = graph.scheduler().get(RowGraph.NAME + "." + names.get(i));
            Map<String, String> facts = new LinkedHashMap<>();
            facts.put("task", RowGraph.NAME + "." + names.get(i));
            facts.put("global work size", Arrays.toString(grid.getGlobalWork()));
            facts.put("local work size", Arrays.toString(grid.getLocalWork()));
            facts.put("compiler flags", driver.equals(CompilerFlags.OPENCL) ? openClFlags : "TornadoVM's defaults");
            kernels.add(new KernelSource(names.get(i), language.extension, sources.get(i), facts));
        }
        return kernels;
    }
}
