/**
 * ONNX Runtime's Conv on the CPU, as a model of one node. It knows NCHW only; so x is laid out that way
 * before the timing, and y comes out that way, which favours it over those that take NHWC as it is.
 *
 * <p>Its threads are the session's own, as many as the run has. They spin for a millisecond after each
 * call, in which nobody else is measured: a slice of samples begins with a warm-up that is longer.
 */
package io.github.convgauge.peers.onnxruntime;
