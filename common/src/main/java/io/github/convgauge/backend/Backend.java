package io.github.convgauge.backend;

import io.github.convgauge.tensor.DType;
import io.github.convgauge.tensor.Tensor;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/**
 * A family of implementations that share a runtime: Java on the CPU, libtorch, OpenCL, TornadoVM.
 * Found by {@link java.util.ServiceLoader}; each runs in a worker JVM of its own, which calls one
 * backend from one thread only.
 */
public interface Backend extends AutoCloseable {
    /** The name on the command line and in the results: {@code cpu}. */
    String name();

    /**
     * Loads what it needs (native libraries, drivers). Called once, before anything but {@link #name}.
     *
     * @throws BackendUnavailableException if it cannot work on this machine
     */
    void start() throws BackendUnavailableException;

    /** Versions of the libraries and drivers that it uses, by name. */
    Map<String, String> versions();

    /** What it can compute on. */
    List<Device> devices();

    /** What it can compute with, in the order of the table. */
    List<Algorithm> algorithms();

    /**
     * Lays everything out for one row. The tensors stay as they are until the result is closed: x
     * is (mb, ih, iw, ic), w is (kh, kw, ic/g, oc), y is (mb, oh, ow, oc), all with any strides.
     *
     * @throws UnsupportedConvException if this algorithm does not do this problem, dtype, regime or
     *     variant: no other one may take the place of a variant that it does not know or that the device cannot do
     */
    PreparedConv prepare(ConvSpec spec, Tensor x, Tensor w, Tensor y) throws UnsupportedConvException;

    /**
     * Lays out as many independent convolutions of one problem as there are ys, to find out what handing
     * work to a device costs. Nothing moves in an execution, so the regime is {@link Regime#RESIDENT}. x and w
     * hold what each of them computes with; each has a copy of its own on the device.
     *
     * @param ys one for each convolution, all (mb, oh, ow, oc), with any strides
     * @return empty for a backend that cannot submit many at once, as those that compute in the calling
     *     thread, where a call is all there is to dispatch
     * @throws UnsupportedConvException if this algorithm does not do this problem, dtype, regime, number or variant
     */
    default Optional<PreparedMany> prepareMany(ConvSpec spec, Grouping grouping, Tensor x, Tensor w, List<Tensor> ys)
            throws UnsupportedConvException {
        return Optional.empty();
    }

    /**
     * The variants of a row that are worth timing, each a text that {@link ConvSpec#variant} takes: words of the
     * form {@code name=value} with blanks between, so that two that are alike have most words in common. The first
     * says what {@link ConvSpec#DEFAULT_VARIANT} stands for. A device may still refuse one when it is prepared.
     *
     * @param spec of contiguous tensors; its variant does not matter
     * @return empty where there is nothing to choose
     * @throws UnsupportedConvException if the algorithm does not do this problem or dtype at all
     */
    default List<String> variants(ConvSpec spec) throws UnsupportedConvException {
        return List.of();
    }

    /** The peak of one of its devices, for backends that can measure it. */
    default Optional<PeakLoop> peak(String deviceId, DType dtype, int threads) {
        return Optional.empty();
    }

    /**
     * A copy in the memory of one of its devices, for backends that can measure it.
     *
     * @param arrayBytes of each of the two arrays at the least, so that no cache of the host holds them
     */
    default Optional<CopyLoop> copy(String deviceId, long arrayBytes, int threads) {
        return Optional.empty();
    }

    @Override
    default void close() {}
}
