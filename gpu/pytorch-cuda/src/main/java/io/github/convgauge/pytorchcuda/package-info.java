/**
 * The {@code pytorch-cuda} backend: what a PyTorch user gets on an NVIDIA device, by cuDNN. PyTorch runs in a Python
 * process of its own, {@code scripts/peer-pytorch-cuda.py}, that this backend starts and hands each execution to.
 */
package io.github.convgauge.pytorchcuda;
