/**
 * The kernels: static methods that TornadoVM compiles for a device, one class a family and dtype. Those
 * of {@code @Parallel} loops are also plain Java that computes the same.
 *
 * <p>What TornadoVM 5.2.0 asks of their text:
 *
 * <ul>
 *   <li>The bound of a {@code @Parallel} loop is an expression, never a parameter by itself: under a
 *       grid scheduler every use of such a parameter, in index arithmetic too, becomes a global work
 *       size, which is rounded up.
 *   <li>The outermost {@code @Parallel} loop is the fastest dimension of a work-group, so it runs over
 *       what lies side by side in memory.
 *   <li>At most 20 arguments. Scalars among them become constants of the compiled kernel.
 *   <li>Helpers have one return, at their end (its issue 931); sizes of local memory are constants.
 * </ul>
 */
package io.github.convgauge.tornadovm.kernels;
