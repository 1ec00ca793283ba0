package io.github.convgauge.tornadovm;

import io.github.convgauge.backend.Algorithm;
import io.github.convgauge.backend.Backend;
import io.github.convgauge.backend.BackendUnavailableException;
import io.github.convgauge.backend.ConvSpec;
import io.github.convgauge.backend.Device;
import io.github.convgauge.backend.PreparedConv;
import io.github.convgauge.backend.Regime;
import io.github.convgauge.backend.UnsupportedConvException;
import io.github.convgauge.check.BackendContract;
import io.github.convgauge.conv.AwkwardProblems;
import io.github.convgauge.conv.ConvProblem;
import io.github.convgauge.tensor.DType;
import io.github.convgauge.tensor.Tensor;
import io.github.convgauge.tornadovm.graphs.LibraryGraph;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;

/** The graphs around NVIDIA's libraries, which {@link StandInLibraries} stand in for on the devices that there are. */
@RequiresTornado
class LibraryRowsTest extends BackendContract {
    @Override
    protected Backend newBackend() {
        return new LibraryRows();
    }

    @Override
    protected List<DType> dtypes() {
        return List.of(DType.F32);
    }

    @Override
    protected List<Integer> threadCounts() {
        return List.of(1);
    }

    /** What TornadoVM's cuDNN task has no parameter for. */
    @Override
    protected boolean mayRefuse(String algorithm, ConvProblem p) {
        return algorithm.equals(LibraryGraph.CUDNN)
                && (p.g() > 1 || p.dh() > 0 || p.dw() > 0 || p.sh() != p.sw() || p.padTop() != p.padLeft()
                        || p.padTop() != p.padBottom() || p.padLeft() != p.padRight());
    }

    /** The two that differ in a setting of cuBLAS only need not both have all. */
    @Override
    protected List<ConvProblem> exactProblems(Algorithm algorithm, Regime regime, DType dtype) {
        List<ConvProblem> problems = new ArrayList<>(boundProblems(algorithm, regime, dtype));
        List<ConvProblem> grid = AwkwardProblems.grid();
        int step = grid.size() / (algorithm.name().equals(LibraryGraph.IM2COL_CUBLAS_TF32) ? 4 : 20);
        for (int i = algorithm.name().length() % step; i < grid.size() && regime == Regime.RESIDENT; i += step) {
            problems.add(grid.get(i));
        }
        return problems;
    }

    @Override
    protected List<ConvProblem> boundProblems(Algorithm algorithm, Regime regime, DType dtype) {
        List<ConvProblem> special = AwkwardProblems.special();
        return regime == Regime.RESIDENT ? special.subList(1, special.size()) : special.subList(2, 7);
    }

    /** The backend as if each of its devices were NVIDIA's and had no other algorithms. */
    private static final class LibraryRows implements Backend {
        private final TornadoBackend tornado = new TornadoBackend(new StandInLibraries(), true);

        @Override
        public String name() {
            return tornado.name();
        }

        @Override
        public void start() throws BackendUnavailableException {
            tornado.start();
        }

        @Override
        public Map<String, String> versions() {
            return tornado.versions();
        }

        @Override
        public List<Device> devices() {
            return tornado.devices();
        }

        @Override
        public List<Algorithm> algorithms() {
            List<String> everywhere = devices().stream().map(Device::id).toList();
            return tornado.algorithms().stream()
                    .filter(algorithm -> LibraryGraph.does(algorithm.name()))
                    .map(algorithm -> algorithm.madeFor(everywhere))
                    .toList();
        }

        @Override
        public PreparedConv prepare(ConvSpec spec, Tensor x, Tensor w, Tensor y) throws UnsupportedConvException {
            return tornado.prepare(spec, x, w, y);
        }
    }
}
