package io.github.convgauge.cli.run;

import io.github.convgauge.check.Fill;
import io.github.convgauge.check.Operands;
import io.github.convgauge.check.Reference;
import io.github.convgauge.conv.ConvProblem;
import io.github.convgauge.tensor.DType;
import io.github.convgauge.worker.DataSource;
import io.github.convgauge.worker.ReferenceFile;
import java.io.IOException;
import java.lang.foreign.Arena;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.HashMap;
import java.util.Map;

/** The reference files of one problem: made when they are first wanted, gone when it is done. */
final class References implements AutoCloseable {
    /** Integers are drawn anew while this share of the outputs cancels to zero, which would tell little. */
    private static final double FEW_ZEROS = 0.25;
    private static final int DRAWS = 16;

    private final ConvProblem problem;
    private final DataSource data;
    private final Path folder;
    private final Interruption interruption;
    private final Map<DType, Pair> made = new HashMap<>();

    /**
     * @param own file of the reference of the row's own operands
     * @param exact file of that of integer operands, or null where they cannot be exact
     * @param exactSeed the seed of these
     */
    record Pair(Path own, Path exact, long exactSeed) {}

    References(ConvProblem problem, DataSource data, Path folder, Interruption interruption) {
        this.problem = problem;
        this.data = data;
        this.folder = folder;
        this.interruption = interruption;
    }

    Pair of(DType dtype) throws IOException, InterruptedRunException {
        Pair files = made.get(dtype);
        if (files == null) {
            files = make(dtype);
            made.put(dtype, files);
        }
        return files;
    }

    private Pair make(DType dtype) throws IOException, InterruptedRunException {
        Path own = file();
        try (Arena arena = Arena.ofShared()) {
            ReferenceFile.compute(own, problem, data.operands(problem, dtype), arena, interruption::requested);
        }
        checkInterrupted();
        if (!Fill.canBeExact(problem, dtype)) {
            return new Pair(own, null, 0);
        }
        Path exact = null;
        long seed = data.seed();
        double zeros = 1;
        for (int draw = 0; draw < DRAWS && zeros > FEW_ZEROS; draw++) {
            if (exact != null) {
                Files.delete(exact);
            }
            exact = file();
            seed++;
            try (Arena arena = Arena.ofShared()) {
                Operands integers = Fill.INTEGER.operands(problem, dtype, seed);
                Reference reference = ReferenceFile.compute(exact, problem, integers, arena, interruption::requested);
                zeros = integers.distrust().isPresent() ? 1 : reference.zeroShare();
            }
            checkInterrupted();
        }
        return new Pair(own, exact, seed);
    }

    private void checkInterrupted() throws InterruptedRunException {
        if (interruption.requested()) {
            throw new InterruptedRunException();
        }
    }

    private Path file() throws IOException {
        Path file = Files.createTempFile(folder, "reference", ".f64");
        Files.delete(file); // only its name is wanted; who computes creates it
        return file;
    }

    @Override
    public void close() throws IOException {
        for (Pair files : made.values()) {
            Files.deleteIfExists(files.own);
            if (files.exact != null) {
                Files.deleteIfExists(files.exact);
            }
        }
    }
}
