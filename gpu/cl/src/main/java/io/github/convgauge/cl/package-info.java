/**
 * OpenCL through LWJGL's binding: finding devices, holding memory and kernels on them, and executing a convolution
 * whose kernels somebody else brings, a backend's own OpenCL C or a library. A backend on top of it says which
 * algorithms it has and what each of them enqueues.
 */
package io.github.convgauge.cl;
