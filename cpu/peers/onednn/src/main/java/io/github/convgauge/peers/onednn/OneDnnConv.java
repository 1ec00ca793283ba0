package io.github.convgauge.peers.onednn;

import io.github.convgauge.backend.ConvSpec;
import io.github.convgauge.backend.Output;
import io.github.convgauge.backend.PreparedConv;
import io.github.convgauge.backend.Regime;
import io.github.convgauge.backend.UnsupportedConvException;
import io.github.convgauge.conv.ConvProblem;
import io.github.convgauge.tensor.Tensor;
import java.lang.foreign.MemorySegment;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import org.bytedeco.dnnl.IntMemoryMap;
import org.bytedeco.dnnl.convolution_forward;
import org.bytedeco.dnnl.engine;
import org.bytedeco.dnnl.global.dnnl;
import org.bytedeco.dnnl.memory;
import org.bytedeco.dnnl.primitive_attr;
import org.bytedeco.dnnl.reorder;
import org.bytedeco.dnnl.stream;
import org.bytedeco.javacpp.Pointer;
import org.bytedeco.javacpp.PointerScope;

/**
 * One convolution primitive. Its formats for x and y are NHWC, as they lie; the weights are reordered
 * into the format that it asks for, once or at each execution. A fresh output is allocated by oneDNN at
 * each execution and freed at the next one.
 *
 * <p>Tensors that are not contiguous are copied, x and the weights of the eager regime at each execution,
 * y in {@link #output}.
 */
final class OneDnnConv implements PreparedConv {
    private final stream queue;
    private final engine cpu;
    private final boolean isEager;
    private final boolean isFresh;
    private final Tensor x;
    private final Tensor w;
    private final Tensor y;
    /** What the primitive reads and writes: the tensor itself, or a contiguous copy. */
    private final Tensor source;
    private final Tensor weights;
    private final Tensor result;
    private final List<Pointer> owned = new ArrayList<>();
    private final memory.desc outputDesc;
    private final convolution_forward convolution;
    private final reorder layOut;
    private final IntMemoryMap layOutArguments;
    private final IntMemoryMap arguments;
    private final String implementation;
    private memory fresh;

    OneDnnConv(engine cpu, stream queue, ConvSpec spec, Tensor x, Tensor w, Tensor y) throws UnsupportedConvException {
        this.cpu = cpu;
        this.queue = queue;
        isEager = spec.regime() == Regime.EAGER;
        isFresh = spec.output() == Output.FRESH;
        this.x = x;
        this.w = w;
        this.y = y;
        source = contiguous(x);
        weights = contiguous(w);
        result = contiguous(y);
        ConvProblem p = spec.problem();
        try (PointerScope _ = new PointerScope()) {
            memory.desc xDesc = desc(new long[] {p.mb(), p.ic(), p.ih(), p.iw()}, memory.format_tag.nhwc);
            outputDesc = keep(desc(new long[] {p.mb(), p.oc(), p.oh(), p.ow()}, memory.format_tag.nhwc));
            long[] wSizes = p.g() == 1
                    ? new long[] {p.oc(), p.ic(), p.kh(), p.kw()}
                    : new long[] {p.g(), p.groupOc(), p.groupIc(), p.kh(), p.kw()};
            // (kh, kw, ic/g, oc) as it lies: the output channel, whose group comes first, is innermost.
            long row = (long) p.groupIc() * p.oc();
            long[] wStrides = p.g() == 1
                    ? new long[] {1, p.oc(), p.kw() * row, row}
                    : new long[] {p.groupOc(), 1, p.oc(), p.kw() * row, row};
            memory.desc wDesc = new memory.desc(wSizes, memory.data_type.f32, wStrides);
            convolution_forward.primitive_desc chosen = new convolution_forward.primitive_desc(
                    cpu, dnnl.prop_kind.forward_inference, dnnl.algorithm.convolution_direct,
                    xDesc, desc(wSizes, memory.format_tag.any), outputDesc,
                    new long[] {p.sh(), p.sw()}, new long[] {p.dh(), p.dw()},
                    new long[] {p.padTop(), p.padLeft()}, new long[] {p.padBottom(), p.padRight()});
            implementation = chosen.impl_info_str().getString();
            memory.desc wanted = chosen.weights_desc();
            memory given = memory(wDesc, weights);
            memory laidOut = new memory(wanted, cpu);
            layOut = keep(new reorder(given, laidOut, new primitive_attr()));
            layOutArguments = keep(new IntMemoryMap());
            layOutArguments.put(dnnl.DNNL_ARG_FROM, given);
            layOutArguments.put(dnnl.DNNL_ARG_TO, laidOut);
            convolution = keep(new convolution_forward(chosen));
            arguments = keep(new IntMemoryMap());
            arguments.put(dnnl.DNNL_ARG_SRC, memory(xDesc, source));
            arguments.put(dnnl.DNNL_ARG_WEIGHTS, laidOut);
            arguments.put(dnnl.DNNL_ARG_DST, memory(outputDesc, result));
            layOutWeights();
        } catch (RuntimeException e) {
            owned.forEach(Pointer::close);
            throw new UnsupportedConvException("oneDNN refuses it: " + e.getMessage());
        }
    }

    /** Lets an object outlive the scope in which it was made. */
    private <P extends Pointer> P keep(P pointer) {
        pointer.retainReference();
        owned.add(pointer);
        return pointer;
    }

    private static Tensor contiguous(Tensor tensor) {
        return tensor.layout().isContiguous() ? tensor : Tensor.allocate(tensor.dtype(), tensor.sizes());
    }

    private static memory.desc desc(long[] sizes, memory.format_tag format) {
        return new memory.desc(sizes, memory.data_type.f32, format);
    }

    private memory memory(memory.desc desc, Tensor tensor) {
        long address = tensor.storage().address() + tensor.layout().offset() * tensor.dtype().bytes();
        return new memory(desc, cpu, new Address(address));
    }

    private void layOutWeights() {
        if (weights != w) {
            weights.copyFrom(w);
        }
        layOut.execute(queue, layOutArguments);
        queue._wait();
    }

    @Override
    public void uploadOutput() {
        if (result != y) {
            result.copyFrom(y);
        }
    }

    @Override
    public void execute() {
        if (source != x) {
            source.copyFrom(x);
        }
        if (isEager) {
            layOutWeights();
        }
        if (isFresh) {
            if (fresh != null) {
                fresh.close();
            }
            try (PointerScope _ = new PointerScope()) {
                fresh = (memory) new memory(outputDesc, cpu).retainReference();
            }
            arguments.put(dnnl.DNNL_ARG_DST, fresh);
        }
        convolution.execute(queue, arguments);
        queue._wait();
    }

    @Override
    public Tensor output() {
        if (isFresh && fresh == null) {
            throw new IllegalStateException("there is no output before the first execution");
        }
        if (isFresh) {
            Pointer handle = fresh.get_data_handle();
            result.storage().asSlice(result.layout().offset() * Float.BYTES, result.size() * Float.BYTES)
                    .copyFrom(MemorySegment.ofAddress(handle.address()).reinterpret(result.size() * Float.BYTES));
        }
        if (result != y) {
            y.copyFrom(result);
        }
        return y;
    }

    /** Which of its kernels it took: {@code brg_conv_fwd:avx512_core}. */
    @Override
    public Optional<String> proof() {
        return Optional.of("oneDNN took " + implementation);
    }

    @Override
    public void close() {
        if (fresh != null) {
            fresh.close();
            fresh = null;
        }
        owned.forEach(Pointer::close);
        owned.clear();
    }

    /** Memory that is somebody else's. */
    private static final class Address extends Pointer {
        Address(long address) {
            this.address = address;
        }
    }
}
