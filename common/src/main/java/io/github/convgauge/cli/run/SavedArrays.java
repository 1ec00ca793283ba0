package io.github.convgauge.cli.run;

import io.github.convgauge.check.Operands;
import io.github.convgauge.conv.ConvProblem;
import io.github.convgauge.tensor.DType;
import io.github.convgauge.tensor.Npy;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Comparator;

/** Where {@code --save} puts x, w and each row's y. */
final class SavedArrays {
    private final Plan plan;
    private final Path root;

    SavedArrays(Plan plan, Path root) {
        this.plan = plan;
        this.root = root;
    }

    /** One folder for one problem; with several, one each inside it. */
    private Path folder(ConvProblem problem) {
        if (plan.problems().size() == 1) {
            return root;
        }
        String number = Integer.toString(plan.index(problem) + 1);
        String name = fileName(problem.name());
        return root.resolve(name.isEmpty() ? number : number + "-" + name);
    }

    /** What a file can be called everywhere. */
    static String fileName(String text) {
        return text.replaceAll("[^A-Za-z0-9_.+-]+", "_");
    }

    /** Writes x.npy and w.npy in the widest dtype of the run, of which narrower rows use the rounded values. */
    void saveOperands(ConvProblem problem) throws IOException {
        Files.createDirectories(folder(problem));
        DType widest = plan.dtypes().stream().max(Comparator.comparingInt(DType::bytes)).orElseThrow();
        Operands operands = plan.data().operands(problem, widest);
        Npy.write(folder(problem).resolve("x.npy"), plan.data().order().store(operands.x()));
        Npy.write(folder(problem).resolve("w.npy"), plan.data().order().storeWeights(operands.w()));
    }

    /**
     * {@code y-<backend>-<algorithm>-<dtype>.npy}; a second device, regime, output or thread count of the
     * same algorithm, whose answer may differ, adds its name.
     */
    Path output(ConvProblem problem, DType dtype, int threads, Entrant entrant) {
        StringBuilder name = new StringBuilder("y-%s-%s-%s".formatted(
                entrant.team().backend().name(), entrant.algorithmName(), dtype.label()));
        if (!entrant.regime().equals(entrant.algorithm().regimes().getFirst())) {
            name.append('-').append(entrant.regime());
        }
        if (!entrant.output().equals(entrant.algorithm().outputs().getFirst())) {
            name.append('-').append(entrant.output());
        }
        if (!entrant.device().equals(entrant.team().devices().getFirst())) {
            name.append('-').append(fileName(entrant.device().id()));
        }
        if (threads != plan.threads().getFirst()) {
            name.append("-t").append(threads);
        }
        return folder(problem).resolve(name.append(".npy").toString());
    }
}
