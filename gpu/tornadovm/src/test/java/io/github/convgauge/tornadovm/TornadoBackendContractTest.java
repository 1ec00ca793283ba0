package io.github.convgauge.tornadovm;

import io.github.convgauge.backend.Algorithm;
import io.github.convgauge.backend.Backend;
import io.github.convgauge.backend.Device;
import io.github.convgauge.backend.Regime;
import io.github.convgauge.check.BackendContract;
import io.github.convgauge.conv.AwkwardProblems;
import io.github.convgauge.conv.ConvProblem;
import io.github.convgauge.tensor.DType;
import io.github.convgauge.tornadovm.graphs.ConvGraph;
import io.github.convgauge.tornadovm.graphs.PrebuiltGraph;
import java.util.ArrayList;
import java.util.List;

/** TornadoVM compiles each problem anew, so the awkward ones are shared out among the rows. */
@RequiresTornado
class TornadoBackendContractTest extends BackendContract {
    /** Several blocks of two vectors in f32 and f64, of lines one under, at and over 14 pixels; of one group and of two. */
    private static final List<String> PAIRS = List.of("g2ic4ih3iw15oc128kh2ph1", "ic3ih2iw13oc96kh1", "mb2ic2ih3iw14oc32kh3ph1");

    @Override
    protected boolean submitsMany() {
        return true;
    }

    @Override
    protected Backend newBackend() {
        return new TornadoBackend();
    }

    /** What is made for GPUs is right on a processor, too; the rows of libraries are LibraryRowsTest's. */
    @Override
    protected boolean isTested(Algorithm algorithm, Device device) {
        return super.isTested(algorithm, device) || algorithm.name().equals(ConvGraph.IMPLICIT_GEMM);
    }

    /** The kernels are the same in all regimes; one regime meets them all. */
    @Override
    protected List<ConvProblem> exactProblems(Algorithm algorithm, Regime regime, DType dtype) {
        if (isSeldom(algorithm, regime)) {
            return boundProblems(algorithm, regime, dtype);
        }
        List<ConvProblem> grid = AwkwardProblems.grid();
        boolean thorough = regime == Regime.RESIDENT && dtype == DType.F32;
        List<ConvProblem> problems = new ArrayList<>();
        int step = grid.size() / (thorough ? 24 : 5);
        for (int i = algorithm.name().length() % step; i < grid.size(); i += 2 * step) {
            problems.add(grid.get(i));
        }
        problems.addAll(boundProblems(algorithm, regime, dtype));
        // Which way their weights take in the other regimes is PackedWeightsTest's.
        if (algorithm.name().equals(ConvGraph.DIRECT_BLOCKED) && regime == Regime.RESIDENT) {
            PAIRS.forEach(text -> problems.add(ConvProblem.parse(text)));
        }
        return problems;
    }

    /** Of each variant a compilation: one problem for each dtype, with a remainder in every block. */
    @Override
    protected List<ConvProblem> variantProblems(Algorithm algorithm, DType dtype) {
        return List.of(ConvProblem.parse(dtype == DType.F32 ? "mb2ic3ih4iw5oc17kh3ph1" : "g2mb2ic6ih5iw7oc10kh2kw3sw2dh1ph1"));
    }

    @Override
    protected List<ConvProblem> boundProblems(Algorithm algorithm, Regime regime, DType dtype) {
        List<ConvProblem> special = AwkwardProblems.special();
        if (isSeldom(algorithm, regime)) {
            return special.subList(2, 4);
        }
        if (regime != Regime.RESIDENT) {
            return special.subList(2, 7);
        }
        // The twins are one text, so the longest of them need not be compiled in both dtypes.
        return dtype == DType.F32 ? special : special.subList(2, special.size());
    }

    /** What is no row on the devices that tests run on, in the regimes that change transfers only. */
    private static boolean isSeldom(Algorithm algorithm, Regime regime) {
        return algorithm.name().equals(ConvGraph.IMPLICIT_GEMM) && regime != Regime.RESIDENT;
    }

    /** Weights that must be packed, and that move; {@link PrebuiltConvTest} says so, and that others are done. */
    @Override
    protected boolean mayRefuse(String algorithm, Regime regime, ConvProblem problem) {
        // A power of two of channels that one vector holds lies packed as it is.
        boolean inPlace = Integer.bitCount(problem.groupOc()) == 1 && problem.groupOc() <= 8;
        return mayRefuseWeights(algorithm, regime) && !inPlace;
    }

    @Override
    protected boolean mayRefuseWeights(String algorithm, Regime regime) {
        return algorithm.equals(PrebuiltGraph.DIRECT_BLOCKED) && regime == Regime.END_TO_END;
    }
}
