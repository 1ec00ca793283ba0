/**
 * The hand-written OpenCL C, and everything that makes a kernel call out of a problem: source, constants, work sizes
 * and scratch memory. No runtime: who launches the calls brings its own binding of OpenCL, so that several can run
 * the very same text.
 */
package io.github.convgauge.openclc;
