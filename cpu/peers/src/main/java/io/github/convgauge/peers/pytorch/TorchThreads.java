package io.github.convgauge.peers.pytorch;

import io.github.convgauge.conv.ConvProblem;
import org.bytedeco.pytorch.global.torch;

/**
 * How many threads libtorch computes with. It has two pools: OpenMP's (libgomp), whose size
 * {@code at::set_num_threads} sets for the calling thread, and OpenBLAS's own, for the whole process.
 *
 * <p>Where libtorch has no oneDNN kernel (f64, above all) it spreads the images of the batch over
 * OpenMP's threads and calls BLAS inside; an image alone, or a dilated convolution, it leaves to
 * BLAS to spread (PyTorch, aten/src/ATen/native/ConvolutionMM2d.cpp and NaiveDilatedConvolution.cpp).
 * MKL, with which PyTorch is usually shipped, runs on one thread when it is called inside an OpenMP
 * region. OpenBLAS knows nothing of the region, and each of n threads would wait for n more; so it
 * is told here. Either way n threads compute.
 *
 * @param openMp threads of OpenMP's pool, the caller among them
 * @param openBlas threads of OpenBLAS, its caller among them
 */
record TorchThreads(OpenBlas library, int openMp, int openBlas) {
    /** The pools with which exactly this many threads work on a problem. */
    static TorchThreads of(OpenBlas library, ConvProblem problem, int threads) {
        boolean dilated = problem.dh() > 0 || problem.dw() > 0;
        boolean batchIsSpread = !dilated && problem.mb() >= threads;
        return new TorchThreads(library, threads, batchIsSpread ? 1 : threads);
    }

    /**
     * Sets both pools, where they are not so already: another row may have changed OpenBLAS's, and
     * the calling thread may be another one.
     *
     * @throws IllegalStateException if either did not take it
     */
    void take() {
        if (taken()) {
            return;
        }
        torch.set_num_threads(openMp);
        library.setThreads(openBlas);
        if (!taken()) {
            throw new IllegalStateException(
                    "%d OpenMP threads and %d of OpenBLAS were asked for, but libtorch took %d and %d"
                            .formatted(openMp, openBlas, torch.get_num_threads(), library.threads()));
        }
    }

    boolean taken() {
        return torch.get_num_threads() == openMp && library.threads() == openBlas;
    }
}
