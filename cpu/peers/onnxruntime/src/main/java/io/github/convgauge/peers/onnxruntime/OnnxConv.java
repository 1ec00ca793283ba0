package io.github.convgauge.peers.onnxruntime;

import ai.onnxruntime.OnnxTensor;
import ai.onnxruntime.OrtEnvironment;
import ai.onnxruntime.OrtException;
import ai.onnxruntime.OrtSession;
import io.github.convgauge.backend.ConvSpec;
import io.github.convgauge.backend.Output;
import io.github.convgauge.backend.PreparedConv;
import io.github.convgauge.backend.Regime;
import io.github.convgauge.conv.ConvProblem;
import io.github.convgauge.tensor.Tensor;
import java.nio.ByteOrder;
import java.nio.FloatBuffer;
import java.util.HashMap;
import java.util.Map;

/**
 * A session with one Conv node. Prepared: the weights are a constant of the model, which the session lays
 * out when it is made. Eager: they are an input, laid out by the node at each run.
 */
final class OnnxConv implements PreparedConv {
    /** By default its threads spin for up to half a second after a call, which whoever is measured next would pay for. */
    private static final String SPIN_SETTING = "session.intra_op.spin_duration_us";
    private static final String SPIN_MICROS = "1000";

    private final Tensor x;
    private final Tensor w;
    private final Tensor y;
    private final boolean isEager;
    private final OrtSession session;
    private final Tensor input;
    private final Tensor weights;
    private final Tensor result;
    private final Map<String, OnnxTensor> inputs = new HashMap<>();
    /** The buffer that all executions write to; empty where each gets its own. */
    private final Map<String, OnnxTensor> outputs = new HashMap<>();
    private OrtSession.Result last;

    OnnxConv(OrtEnvironment environment, ConvSpec spec, Tensor x, Tensor w, Tensor y) throws OrtException {
        this.x = x;
        this.w = w;
        this.y = y;
        isEager = spec.regime() == Regime.EAGER;
        ConvProblem p = spec.problem();
        input = Tensor.allocate(x.dtype(), p.mb(), p.ic(), p.ih(), p.iw());
        weights = Tensor.allocate(w.dtype(), p.oc(), p.groupIc(), p.kh(), p.kw());
        result = Tensor.allocate(y.dtype(), p.mb(), p.oc(), p.oh(), p.ow());
        layOutWeights();
        try (OrtSession.SessionOptions options = new OrtSession.SessionOptions()) {
            options.setIntraOpNumThreads(spec.threads());
            options.setInterOpNumThreads(1);
            options.setExecutionMode(OrtSession.SessionOptions.ExecutionMode.SEQUENTIAL);
            options.addConfigEntry(SPIN_SETTING, SPIN_MICROS);
            options.setOptimizationLevel(OrtSession.SessionOptions.OptLevel.ALL_OPT);
            session = environment.createSession(ConvModel.of(p, isEager ? null : weights), options);
        }
        inputs.put(ConvModel.X, tensor(environment, input));
        if (isEager) {
            inputs.put(ConvModel.W, tensor(environment, weights));
        }
        if (spec.output() == Output.REUSED) {
            outputs.put(ConvModel.Y, tensor(environment, result));
        }
        input.copyFrom(x.permute(0, 3, 1, 2));
    }

    private void layOutWeights() {
        weights.copyFrom(w.permute(3, 2, 0, 1));
    }

    private static OnnxTensor tensor(OrtEnvironment environment, Tensor tensor) throws OrtException {
        FloatBuffer buffer = tensor.storage().asByteBuffer().order(ByteOrder.nativeOrder()).asFloatBuffer();
        return OnnxTensor.createTensor(environment, buffer, tensor.sizes());
    }

    /** x as it is now, in NCHW: not part of an execution, since ONNX Runtime's users have it so. */
    @Override
    public void uploadOutput() {
        input.copyFrom(x.permute(0, 3, 1, 2));
        result.copyFrom(y.permute(0, 3, 1, 2));
    }

    @Override
    public void execute() {
        if (last != null) {
            last.close();
        }
        try {
            last = outputs.isEmpty() ? session.run(inputs) : session.run(inputs, outputs);
        } catch (OrtException e) {
            throw new IllegalStateException("ONNX Runtime failed: " + e.getMessage(), e);
        }
    }

    @Override
    public Tensor output() {
        if (last == null) {
            throw new IllegalStateException("there is no output before the first execution");
        }
        if (outputs.isEmpty()) {
            FloatBuffer values = ((OnnxTensor) last.get(0)).getFloatBuffer();
            result.storage().asByteBuffer().order(ByteOrder.nativeOrder()).asFloatBuffer().put(values);
        }
        return y.copyFrom(result.permute(0, 2, 3, 1));
    }

    @Override
    public void close() {
        if (last != null) {
            last.close();
            last = null;
        }
        inputs.values().forEach(OnnxTensor::close);
        outputs.values().forEach(OnnxTensor::close);
        inputs.clear();
        try {
            session.close();
        } catch (OrtException e) {
            throw new IllegalStateException("ONNX Runtime failed to close: " + e.getMessage(), e);
        }
    }
}
