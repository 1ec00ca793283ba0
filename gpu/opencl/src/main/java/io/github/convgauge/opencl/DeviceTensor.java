package io.github.convgauge.opencl;

import io.github.convgauge.backend.UnsupportedConvException;
import io.github.convgauge.openclc.Operand;
import io.github.convgauge.tensor.Layout;
import io.github.convgauge.tensor.Tensor;
import org.lwjgl.PointerBuffer;
import org.lwjgl.opencl.CL10;

/**
 * A tensor's counterpart on the device: a buffer that holds the stretch of its storage from its lowest
 * to its highest element, whatever its strides, gaps included.
 *
 * <p>Transfers are clEnqueueWriteBuffer and clEnqueueReadBuffer from and to the tensor's own, pageable
 * memory, as a program that has its data in ordinary memory gets them. They copy on every device,
 * a processor's too, which could read the tensor where it lies; that copy is what the regimes that
 * move data are there to show.
 */
final class DeviceTensor {
    private final Tensor tensor;
    private final Operand operand;
    private final long firstByte;
    private final long bytes;
    private long buffer;

    /** @throws UnsupportedConvException if it has more elements than the kernels count, or spans more */
    DeviceTensor(String name, Tensor tensor) throws UnsupportedConvException {
        this.tensor = tensor;
        Layout whole = tensor.layout();
        long elements = whole.highest() - whole.lowest() + 1;
        operand = Operand.of(
                name, tensor.dtype(), Layout.of(whole.sizes(), whole.strides(), whole.offset() - whole.lowest()), elements);
        firstByte = whole.lowest() * tensor.dtype().bytes();
        bytes = elements * tensor.dtype().bytes();
    }

    /** What the kernels know of it. */
    Operand operand() {
        return operand;
    }

    Tensor tensor() {
        return tensor;
    }

    void allocate(Resources resources) {
        buffer = resources.buffer(bytes);
    }

    long buffer() {
        return buffer;
    }

    /** Host to device. */
    Command upload() {
        return new Transfer("copy_in") {
            @Override
            int enqueue(long queue, long address, long event) {
                return CL10.nclEnqueueWriteBuffer(queue, buffer, CL10.CL_FALSE, 0, bytes, address, 0, 0, event);
            }
        };
    }

    /** Device to host. */
    Command download() {
        return new Transfer("copy_out") {
            @Override
            int enqueue(long queue, long address, long event) {
                return CL10.nclEnqueueReadBuffer(queue, buffer, CL10.CL_FALSE, 0, bytes, address, 0, 0, event);
            }
        };
    }

    private abstract class Transfer implements Command {
        private final String stage;

        Transfer(String stage) {
            this.stage = stage;
        }

        abstract int enqueue(long queue, long address, long event);

        @Override
        public String stage() {
            return stage;
        }

        @Override
        public boolean isKernel() {
            return false;
        }

        @Override
        public void enqueue(long queue, PointerBuffer event) {
            Cl.check(
                    enqueue(queue, tensor.storage().address() + firstByte, event == null ? 0 : event.address()),
                    stage.equals("copy_in") ? "clEnqueueWriteBuffer" : "clEnqueueReadBuffer");
        }
    }
}
