package io.github.convgauge.tornadovm;

import io.github.convgauge.backend.BackendUnavailableException;
import io.github.convgauge.backend.FellBackException;
import io.github.convgauge.backend.Regime;
import uk.ac.manchester.tornado.api.TaskGraph;
import uk.ac.manchester.tornado.api.annotations.Parallel;
import uk.ac.manchester.tornado.api.enums.DataTransferMode;
import uk.ac.manchester.tornado.api.types.arrays.FloatArray;
import uk.ac.manchester.tornado.api.types.collections.VectorFloat8;
import uk.ac.manchester.tornado.api.types.vectors.Float8;

/** y = 24, for x = 3, through a vector method that TornadoVM 5.2.0 does not compile: its product of a vector and a scalar. */
final class BailingKernel extends SmallGraph {
    private static final int LANES = 8;

    private final TaskGraph graph;

    BailingKernel() {
        super(SIZE / LANES);
        VectorFloat8 w = new VectorFloat8(LANES);
        VectorFloat8 vectors = new VectorFloat8(y);
        x.init(3);
        w.fill(1);
        graph = new TaskGraph(NAME)
                .transferToDevice(DataTransferMode.FIRST_EXECUTION, x, w)
                .task(TASK, BailingKernel::weighted, x, w, vectors, 1, LANES)
                .transferToHost(DataTransferMode.EVERY_EXECUTION, vectors);
    }

    static void weighted(FloatArray x, VectorFloat8 w, VectorFloat8 y, int blocks, int terms) {
        for (@Parallel int block = 0; block < blocks * terms; block++) {
            Float8 sum = new Float8();
            for (int k = 0; k < terms; k++) {
                sum = Float8.add(sum, Float8.mult(w.get(k), x.get(k)));
            }
            y.set(block, sum);
        }
    }

    @Override
    public TaskGraph graph() {
        return graph;
    }

    /** In a JVM of its own: says what becomes of the kernel under that JVM's flags. */
    public static void main(String[] args) throws BackendUnavailableException {
        TornadoBackend backend = new TornadoBackend();
        backend.start();
        try (TornadoConv conv = new BailingKernel().prepare(backend, Regime.END_TO_END, target())) {
            conv.execute();
            System.out.println(conv.output().toDoubles()[SIZE - 1] == 24 ? "executed, and right" : "executed, and wrong");
            conv.proof();
            System.out.println("proved");
        } catch (FellBackException e) {
            System.out.println("FELL_BACK: " + e.getMessage());
        }
        System.exit(0);
    }
}
