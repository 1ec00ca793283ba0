package io.github.convgauge.peers.pytorch;

import io.github.convgauge.backend.Algorithm;
import io.github.convgauge.backend.ConvSpec;
import io.github.convgauge.backend.Device;
import io.github.convgauge.backend.PreparedConv;
import io.github.convgauge.backend.Output;
import io.github.convgauge.backend.Regime;
import io.github.convgauge.backend.UnsupportedConvException;
import io.github.convgauge.check.Fill;
import io.github.convgauge.check.Operands;
import io.github.convgauge.conv.ConvProblem;
import io.github.convgauge.tensor.DType;
import io.github.convgauge.tensor.Tensor;
import java.util.ArrayList;
import java.util.List;

/** Convolutions over seeded operands, for tests of what is not in the answers. */
final class Prepared {
    static final long SEED = 7;

    /** A row of the table, without problem and threads. */
    record Row(String algorithm, Regime regime, DType dtype) {
        PreparedConv prepare(PytorchBackend backend, String problem, int threads) throws UnsupportedConvException {
            ConvProblem p = ConvProblem.parse(problem);
            return prepare(backend, p, threads, Tensor.allocate(dtype, p.ySizes()));
        }

        PreparedConv prepare(PytorchBackend backend, ConvProblem p, int threads, Tensor y)
                throws UnsupportedConvException {
            return prepare(backend, p, threads, operands(p), y);
        }

        PreparedConv prepare(PytorchBackend backend, ConvProblem p, int threads, Operands operands, Tensor y)
                throws UnsupportedConvException {
            ConvSpec spec = new ConvSpec(p, dtype, Device.HOST_ID, algorithm, regime, Output.FRESH, threads);
            return backend.prepare(spec, operands.x(), operands.w(), y);
        }

        Operands operands(ConvProblem p) {
            return Fill.NORMAL.operands(p, dtype, SEED);
        }
    }

    private Prepared() {}

    static List<Row> rows() {
        List<Row> rows = new ArrayList<>();
        for (Algorithm algorithm : new PytorchBackend().algorithms()) {
            for (Regime regime : algorithm.regimes()) {
                rows.add(new Row(algorithm.name(), regime, DType.F32));
                rows.add(new Row(algorithm.name(), regime, DType.F64));
            }
        }
        return rows;
    }
}
