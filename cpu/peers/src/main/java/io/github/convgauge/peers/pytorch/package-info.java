/**
 * PyTorch's C++ library on the CPU, the yardstick of the lecture notebook.
 *
 * <p>Its worker's environment (src/main/launch/launch.json) starts both of its thread pools, OpenMP's
 * (libgomp) and OpenBLAS's, with the run's thread count, and keeps them from spinning long:
 *
 * <ul>
 *   <li>A pool that spins between two parallel regions answers sooner than one that sleeps: with
 *       {@code OMP_WAIT_POLICY=PASSIVE} the notebook's problem takes 1.4 to 1.9 times as long in f32
 *       on two cores.
 *   <li>By default, though, libgomp spins 300,000 times and OpenBLAS for 2^26 clock ticks: each for
 *       milliseconds. Where a convolution uses both pools (one f64 image: layout by OpenMP, product
 *       by OpenBLAS) the one's waiting threads hold the cores that the other needs, and a call takes
 *       a multiple of the scheduler's time slice, 8 or 16 ms instead of 3. Afterwards they take the
 *       cores from whatever is measured next.
 *   <li>{@code GOMP_SPINCOUNT=3000} is long enough for the pauses inside one call (on two idle cores
 *       no slower than the default where that does well, while 1000 is) and over in some tens of
 *       microseconds. On a busy machine longer spinning is slower, not faster.
 *   <li>{@code OPENBLAS_THREAD_TIMEOUT=14} lets OpenBLAS's threads sleep after 2^14 ticks, some
 *       microseconds; 2^16 and 2^18 gain nothing measurable.
 * </ul>
 *
 * <p>How many threads each pool has is set per problem; see {@code TorchThreads}.
 */
package io.github.convgauge.peers.pytorch;
