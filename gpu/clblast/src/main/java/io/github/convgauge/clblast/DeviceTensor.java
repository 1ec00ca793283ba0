package io.github.convgauge.clblast;

import io.github.convgauge.backend.UnsupportedConvException;
import io.github.convgauge.tensor.DType;
import io.github.convgauge.tensor.Tensor;
import org.lwjgl.PointerBuffer;
import org.lwjgl.opencl.CL10;

/**
 * A tensor in the library's layout: dense, with the dimensions in an order of the library's. It lies
 * so on the host, where a user of the library would keep it, and on the device. Where the tensor that
 * was handed over lies otherwise, it is laid out anew here, which no execution does.
 *
 * <p>Transfers are clEnqueueWriteBuffer and clEnqueueReadBuffer from and to pageable memory, as in the
 * backend {@code opencl}.
 */
final class DeviceTensor {
    private final String name;
    private final Tensor theirs;
    private final int[] order;
    private final Tensor dense;
    private long buffer;

    /**
     * @param order which dimension of the tensor comes first in the library, and so on
     * @throws UnsupportedConvException if it has 2^31 elements or more: CLBlast's kernels count with int
     */
    DeviceTensor(String name, Tensor theirs, int... order) throws UnsupportedConvException {
        requireInt(name, theirs.size());
        this.name = name;
        this.theirs = theirs;
        this.order = order.clone();
        dense = theirs.permute(order).contiguous();
    }

    /** @throws UnsupportedConvException if that many elements cannot be counted with an int */
    static void requireInt(String name, double elements) throws UnsupportedConvException {
        if (elements > Integer.MAX_VALUE) {
            throw new UnsupportedConvException(
                    "%s takes %.0f elements, and CLBlast's kernels count with 32 bits, up to %d"
                            .formatted(name, elements, Integer.MAX_VALUE));
        }
    }

    DType dtype() {
        return theirs.dtype();
    }

    String name() {
        return name;
    }

    long bytes() {
        return dense.size() * dtype().bytes();
    }

    void allocate(Resources resources) {
        buffer = resources.buffer(bytes());
    }

    long buffer() {
        return buffer;
    }

    /** Takes what the tensor holds now to the host's side of the transfers. */
    void layOut() {
        if (isApart()) {
            dense.copyFrom(theirs.permute(order));
        }
    }

    /** The tensor that was handed over, with what the last download brought. */
    Tensor takeBack() {
        if (isApart()) {
            theirs.permute(order).copyFrom(dense);
        }
        return theirs;
    }

    private boolean isApart() {
        return dense.storage().address() != theirs.storage().address();
    }

    /** Host to device. */
    Command upload() {
        return new Transfer("copy_in") {
            @Override
            int enqueue(long queue, long address, long event) {
                return CL10.nclEnqueueWriteBuffer(queue, buffer, CL10.CL_FALSE, 0, bytes(), address, 0, 0, event);
            }
        };
    }

    /** Device to host. */
    Command download() {
        return new Transfer("copy_out") {
            @Override
            int enqueue(long queue, long address, long event) {
                return CL10.nclEnqueueReadBuffer(queue, buffer, CL10.CL_FALSE, 0, bytes(), address, 0, 0, event);
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
        public Kind kind() {
            return Kind.TRANSFER;
        }

        @Override
        public void enqueue(long queue, PointerBuffer event) {
            Cl.check(
                    enqueue(
                            queue,
                            dense.storage().address() + dense.layout().offset() * dtype().bytes(),
                            event == null ? 0 : event.address()),
                    stage.equals("copy_in") ? "clEnqueueWriteBuffer" : "clEnqueueReadBuffer");
        }
    }
}
