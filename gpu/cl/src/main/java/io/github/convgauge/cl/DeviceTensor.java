package io.github.convgauge.cl;

import io.github.convgauge.backend.UnsupportedConvException;
import io.github.convgauge.openclc.Operand;
import io.github.convgauge.tensor.DType;
import io.github.convgauge.tensor.Layout;
import io.github.convgauge.tensor.Tensor;
import org.lwjgl.PointerBuffer;
import org.lwjgl.opencl.CL10;

/**
 * A tensor's counterpart on the device: a buffer that holds the stretch of memory from its lowest to its
 * highest element, gaps included.
 *
 * <p>Transfers are clEnqueueWriteBuffer and clEnqueueReadBuffer from and to pageable memory, as a program
 * that has its data in ordinary memory gets them. They copy on every device, a processor's too, which could
 * read the tensor where it lies; that copy is what the regimes that move data are there to show.
 */
public final class DeviceTensor {
    /** As it was handed over. */
    private final Tensor tensor;
    /** Its elements, in the order of those that are transferred. */
    private final Tensor view;
    /** What is transferred: the view itself, or a copy of it. */
    private final Tensor staged;
    private final Operand operand;
    private final long firstByte;
    private final long bytes;
    private long handle;

    private DeviceTensor(String name, Tensor tensor, Tensor view, Tensor staged) throws UnsupportedConvException {
        this.tensor = tensor;
        this.view = view;
        this.staged = staged;
        Layout whole = staged.layout();
        long elements = whole.highest() - whole.lowest() + 1;
        operand = Operand.of(
                name, staged.dtype(), Layout.of(whole.sizes(), whole.strides(), whole.offset() - whole.lowest()), elements);
        firstByte = whole.lowest() * staged.dtype().bytes();
        bytes = elements * staged.dtype().bytes();
    }

    /**
     * One that lies on the device as it lies on the host, whatever its strides.
     *
     * @throws UnsupportedConvException if it has more elements than the kernels count, or spans more
     */
    public static DeviceTensor asItLies(String name, Tensor tensor) throws UnsupportedConvException {
        return new DeviceTensor(name, tensor, tensor, tensor);
    }

    /**
     * One in a library's layout: dense, with the dimensions in an order of the library's. It lies so on the
     * host, where a user of the library would keep it, and on the device. Where the tensor lies otherwise, it
     * is laid out anew here, which no execution does.
     *
     * @param order which dimension of the tensor comes first in the library, and so on
     * @throws UnsupportedConvException if it has more elements than the kernels count
     */
    public static DeviceTensor dense(String name, Tensor tensor, int... order) throws UnsupportedConvException {
        Tensor view = tensor.permute(order);
        return new DeviceTensor(name, tensor, view, view.contiguous());
    }

    /** What kernels know of it. */
    public Operand operand() {
        return operand;
    }

    public DType dtype() {
        return tensor.dtype();
    }

    /** On the device. */
    public long bytes() {
        return bytes;
    }

    public void allocate(Resources resources) {
        handle = resources.buffer(bytes);
    }

    /** The buffer; 0 before it is allocated. */
    public long handle() {
        return handle;
    }

    /** Takes what the tensor holds now to where uploads read it. */
    void layOut() {
        if (isApart()) {
            staged.copyFrom(view);
        }
    }

    /** The tensor that was handed over, with what the last download brought. */
    public Tensor takeBack() {
        if (isApart()) {
            view.copyFrom(staged);
        }
        return tensor;
    }

    private boolean isApart() {
        return staged.storage().address() != tensor.storage().address();
    }

    /** Host to device. */
    public Command upload() {
        return new Transfer("copy_in") {
            @Override
            int enqueue(long queue, long address, long event) {
                return CL10.nclEnqueueWriteBuffer(queue, handle, CL10.CL_FALSE, 0, bytes, address, 0, 0, event);
            }
        };
    }

    /** Device to host. */
    public Command download() {
        return new Transfer("copy_out") {
            @Override
            int enqueue(long queue, long address, long event) {
                return CL10.nclEnqueueReadBuffer(queue, handle, CL10.CL_FALSE, 0, bytes, address, 0, 0, event);
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
                    enqueue(queue, staged.storage().address() + firstByte, event == null ? 0 : event.address()),
                    stage.equals("copy_in") ? "clEnqueueWriteBuffer" : "clEnqueueReadBuffer");
        }
    }
}
