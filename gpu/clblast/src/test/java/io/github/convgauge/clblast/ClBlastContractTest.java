package io.github.convgauge.clblast;

import io.github.convgauge.backend.Algorithm;
import io.github.convgauge.backend.Backend;
import io.github.convgauge.backend.Regime;
import io.github.convgauge.check.BackendContract;
import io.github.convgauge.conv.AwkwardProblems;
import io.github.convgauge.conv.ConvProblem;
import io.github.convgauge.tensor.DType;
import java.util.ArrayList;
import java.util.List;

/**
 * convgemm is compiled once and gets all problems; im2col+gemm compiles a copy for each problem, so only
 * resident rows get more than a few.
 */
@RequiresOpenCl
class ClBlastContractTest extends BackendContract {
    /** Products of several of CLBlast's tiles, and one under, at and over them. */
    static final List<String> LARGE = List.of(
            "mb2ic40ih14oc72kh3ph1n\"tiles\"",
            "g2mb2ic64ih14oc128kh3ph1n\"tiles-groups\"",
            "ic64ih16oc64kh1n\"tiles-dense\"",
            "g4mb2ic64ih15iw17oc64kh1n\"dense-groups\"",
            "ic7ih9iw9oc63kh3n\"under\"",
            "ic8ih10iw10oc64kh3n\"at\"",
            "ic9ih11iw11oc65kh3n\"over\"",
            "mb3ic33ih31oc129kh3n\"large\"");

    @Override
    protected Backend newBackend() {
        return new ClBlastBackend();
    }

    /** What a driver does with threads is not a row's business. */
    @Override
    protected List<Integer> threadCounts() {
        return List.of(2);
    }

    /** The routine has no groups, and one padding for both sides; some that differ change nothing, and are done. */
    @Override
    protected boolean mayRefuse(String algorithm, ConvProblem p) {
        return algorithm.equals("convgemm")
                && (p.g() > 1 || p.padTop() != p.padBottom() || p.padLeft() != p.padRight());
    }

    @Override
    protected List<ConvProblem> exactProblems(Algorithm algorithm, Regime regime, DType dtype) {
        if (regime != Regime.RESIDENT) {
            return few();
        }
        boolean cheap = algorithm.name().equals("convgemm");
        List<ConvProblem> problems = new ArrayList<>(cheap || dtype == DType.F32 ? AwkwardProblems.special() : few());
        LARGE.forEach(text -> problems.add(ConvProblem.parse(text)));
        List<ConvProblem> grid = AwkwardProblems.grid();
        // A prime, or every one would have the same channels.
        for (int i = 0; i < grid.size(); i += cheap ? 1 : dtype == DType.F32 ? 71 : 149) {
            problems.add(grid.get(i));
        }
        return problems;
    }

    @Override
    protected List<ConvProblem> boundProblems(Algorithm algorithm, Regime regime, DType dtype) {
        boolean all = regime == Regime.RESIDENT && (algorithm.name().equals("convgemm") || dtype == DType.F32);
        return all ? AwkwardProblems.special() : few();
    }

    /** One of each kind: a remainder in every block, four paddings, groups, a 1x1 with a stride. */
    private static List<ConvProblem> few() {
        return AwkwardProblems.special().stream()
                .filter(problem -> List.of("over", "lopsided", "groups", "res-branch1", "notebook").contains(problem.name()))
                .toList();
    }
}
