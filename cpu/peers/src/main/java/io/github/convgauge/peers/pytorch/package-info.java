/** PyTorch's C++ library on the CPU, the yardstick of the lecture notebook. */
package io.github.convgauge.peers.pytorch;
