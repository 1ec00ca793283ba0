package io.github.convgauge.opencl;

import io.github.convgauge.backend.UnsupportedConvException;
import io.github.convgauge.tensor.DType;
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
    private final String name;
    private final Tensor tensor;
    private final Layout layout;
    private final long firstByte;
    private final long bytes;
    private long buffer;

    /**
     * @throws UnsupportedConvException if it has 2^31 elements or more, or spans as many: the kernels
     *     count with int, since 64-bit addresses cost a GPU twice the instructions
     */
    DeviceTensor(String name, Tensor tensor) throws UnsupportedConvException {
        this.name = name;
        this.tensor = tensor;
        Layout whole = tensor.layout();
        long elements = whole.highest() - whole.lowest() + 1;
        requireInt(name, Math.max(elements, whole.size()));
        layout = Layout.of(whole.sizes(), whole.strides(), whole.offset() - whole.lowest());
        firstByte = whole.lowest() * tensor.dtype().bytes();
        bytes = elements * tensor.dtype().bytes();
    }

    /** @throws UnsupportedConvException if that many elements cannot be counted with an int */
    static void requireInt(String name, double elements) throws UnsupportedConvException {
        if (elements > Integer.MAX_VALUE) {
            throw new UnsupportedConvException(
                    "%s takes %.0f elements, and the kernels count with 32 bits, up to %d"
                            .formatted(name, elements, Integer.MAX_VALUE));
        }
    }

    /** The tensor's layout in the buffer. */
    Layout layout() {
        return layout;
    }

    DType dtype() {
        return tensor.dtype();
    }

    Tensor tensor() {
        return tensor;
    }

    String name() {
        return name;
    }

    long bytes() {
        return bytes;
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
