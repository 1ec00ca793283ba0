/**
 * oneDNN's convolution on the CPU, through the JavaCPP bindings of its C++ interface: what PyTorch,
 * TensorFlow and others call for f32, without what they put around it.
 *
 * <p>Its OpenMP pool (libgomp) gets the run's threads from the worker's environment
 * (src/main/launch/launch.json), and spins as shortly as that of the libtorch peer, for the reasons
 * given there.
 */
package io.github.convgauge.peers.onednn;
