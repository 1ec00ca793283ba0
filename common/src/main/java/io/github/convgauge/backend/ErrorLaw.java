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
     * @param scale max|x|·max|w|·terms over the whole problem, for laws that hold norm-wise only
     */
    double bound(long terms, double u, double absSum, double scale);
}
