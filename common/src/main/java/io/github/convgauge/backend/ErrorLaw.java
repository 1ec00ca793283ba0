package io.github.convgauge.backend;

/**
 * How far an algorithm's answer may be from the exact one, for algorithms that do not simply sum the
 * products of the definition (Winograd, FFT). Derive it in the docs and name the place.
 */
@FunctionalInterface
public interface ErrorLaw {
    /**
     * The largest error of one output.
     *
     * @param terms number of products in the sum
     * @param u unit roundoff of the dtype
     * @param absSum Σ|x||w| of this output
     * @param scale for laws that hold norm-wise only: kh·kw times the largest Euclidean norm of an input
     *     pixel's channels (of one group) times that of one tap's weights of an output channel
     */
    double bound(long terms, double u, double absSum, double scale);
}
