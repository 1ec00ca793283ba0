package io.github.convgauge.tornadovm;

import io.github.convgauge.backend.UnsupportedConvException;
import io.github.convgauge.tornadovm.graphs.Libraries;
import java.lang.reflect.InvocationTargetException;
import java.util.Arrays;
import java.util.stream.Collectors;
import uk.ac.manchester.tornado.api.TaskGraph;
import uk.ac.manchester.tornado.api.common.LibraryTaskDescriptor;
import uk.ac.manchester.tornado.api.types.arrays.FloatArray;

/**
 * The library tasks of the SDK's modules tornado.cublas and tornado.cudnn. They are not part of the API that this is
 * compiled against, and an SDK may have none, so their factories are looked up by name when they are wanted.
 */
final class CudaLibraries implements Libraries {
    static final String CUBLAS = "uk.ac.manchester.tornado.cublas.CuBlas";
    static final String CUDNN = "uk.ac.manchester.tornado.cudnn.CuDnn";

    /** cublasOperation_t: not transposed. */
    private static final int CUBLAS_OP_N = 0;

    private static final Class<?>[] SGEMM = {
        int.class, int.class, int.class, int.class, int.class, float.class, FloatArray.class, int.class, FloatArray.class,
        int.class, float.class, FloatArray.class, int.class
    };
    private static final Class<?>[] SGEMM_BATCHED = {
        int.class, int.class, int.class, int.class, int.class, float.class, FloatArray.class, int.class, long.class,
        FloatArray.class, int.class, long.class, float.class, FloatArray.class, int.class, long.class, int.class
    };
    private static final Class<?>[] CONV2D = {
        FloatArray.class, FloatArray.class, FloatArray.class, int.class, int.class, int.class, int.class, int.class,
        int.class, int.class, int.class, int.class
    };

    private final ClassLoader loader;

    CudaLibraries() {
        this(CudaLibraries.class.getClassLoader());
    }

    /** @param loader that knows the SDK's modules, or does not */
    CudaLibraries(ClassLoader loader) {
        this.loader = loader;
    }

    @Override
    public void multiply(TaskGraph graph, String id, Product product, boolean tf32) throws UnsupportedConvException {
        add(graph, id, multiply(product, tf32));
    }

    LibraryTaskDescriptor multiply(Product p, boolean tf32) throws UnsupportedConvException {
        LibraryTaskDescriptor single = describe(
                CUBLAS, tf32 ? "cublasSgemmTF32" : "cublasSgemm", SGEMM,
                CUBLAS_OP_N, CUBLAS_OP_N, p.m(), p.n(), p.k(), 1f, p.a(), p.lda(), p.b(), p.ldb(), 0f, p.c(), p.ldc());
        if (p.count() == 1) {
            return single;
        }
        // There is no batch in TF32, but what asks for TF32 is a setting that any call takes.
        return describe(
                CUBLAS, "cublasSgemmStridedBatched", SGEMM_BATCHED,
                CUBLAS_OP_N, CUBLAS_OP_N, p.m(), p.n(), p.k(), 1f, p.a(), p.lda(), p.strideA(), p.b(), p.ldb(), p.strideB(),
                0f, p.c(), p.ldc(), p.strideC(), p.count()).withTuning(single.getTuning());
    }

    @Override
    public void convolve(TaskGraph graph, String id, Conv2d conv) throws UnsupportedConvException {
        add(graph, id, convolve(conv));
    }

    LibraryTaskDescriptor convolve(Conv2d c) throws UnsupportedConvException {
        return describe(
                CUDNN, "cudnnConv2d", CONV2D,
                c.x(), c.weights(), c.y(), c.n(), c.c(), c.h(), c.w(), c.k(), c.r(), c.s(), c.pad(), c.stride());
    }

    private static void add(TaskGraph graph, String id, LibraryTaskDescriptor descriptor) {
        graph.libraryTask(id, LibraryTaskDescriptor.class::cast, descriptor);
    }

    private LibraryTaskDescriptor describe(String type, String function, Class<?>[] types, Object... arguments)
            throws UnsupportedConvException {
        try {
            return (LibraryTaskDescriptor) Class.forName(type, true, loader)
                    .getMethod(function, types)
                    .invoke(null, arguments);
        } catch (ClassNotFoundException | LinkageError e) {
            throw new UnsupportedConvException("this SDK of TornadoVM has no library tasks of %s: there is no class %s".formatted(
                    type.substring(type.lastIndexOf('.') + 1), type));
        } catch (NoSuchMethodException | IllegalAccessException e) {
            throw new UnsupportedConvException("this SDK of TornadoVM has no library task %s(%s)".formatted(
                    function, Arrays.stream(types).map(Class::getSimpleName).collect(Collectors.joining(", "))));
        } catch (InvocationTargetException e) {
            throw new IllegalStateException("TornadoVM's library task %s refused its arguments".formatted(function), e.getCause());
        }
    }
}
