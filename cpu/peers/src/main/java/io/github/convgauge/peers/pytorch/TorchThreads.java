package io.github.convgauge.peers.pytorch;

import io.github.convgauge.backend.BackendUnavailableException;
import java.lang.foreign.FunctionDescriptor;
import java.lang.foreign.Linker;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.SymbolLookup;
import java.lang.foreign.ValueLayout;
import java.lang.invoke.MethodHandle;
import org.bytedeco.pytorch.global.torch;

/**
 * How many threads libtorch computes with. It has two pools: OpenMP's (libgomp), which
 * {@code at::set_num_threads} sets for the calling thread and {@code at::get_num_threads} asks, and
 * OpenBLAS's own, for the whole process.
 */
final class TorchThreads {
    private static MethodHandle setOpenBlas;
    private static MethodHandle getOpenBlas;

    private TorchThreads() {}

    /**
     * Finds OpenBLAS's functions among the loaded libraries. JavaCPP's bindings do not: their getter
     * returns what their setter was told, not what the library does.
     */
    @SuppressWarnings("restricted")
    static void findOpenBlas() throws BackendUnavailableException {
        SymbolLookup libraries = SymbolLookup.loaderLookup();
        MemorySegment set = find(libraries, "openblas_set_num_threads");
        MemorySegment get = find(libraries, "openblas_get_num_threads");
        Linker linker = Linker.nativeLinker();
        setOpenBlas = linker.downcallHandle(set, FunctionDescriptor.ofVoid(ValueLayout.JAVA_INT));
        getOpenBlas = linker.downcallHandle(get, FunctionDescriptor.of(ValueLayout.JAVA_INT));
    }

    private static MemorySegment find(SymbolLookup libraries, String name) throws BackendUnavailableException {
        return libraries.find(name).orElseThrow(() -> new BackendUnavailableException(
                "the BLAS that libtorch loaded has no " + name + ", so its threads cannot be counted",
                "remove the system property org.bytedeco.openblas.load, so that the OpenBLAS of the build is loaded",
                null));
    }

    /** Whether the calling thread computes with exactly this many. */
    static boolean are(int threads) {
        return torch.get_num_threads() == threads && openBlas() == threads;
    }

    /**
     * Sets both pools.
     *
     * @throws IllegalStateException if either did not take it
     */
    static void set(int threads) {
        torch.set_num_threads(threads);
        try {
            setOpenBlas.invokeExact(threads);
        } catch (Throwable e) {
            throw new AssertionError("a native function without a callback cannot throw", e);
        }
        if (!are(threads)) {
            throw new IllegalStateException("%d threads were asked for, but libtorch took %d and OpenBLAS %d"
                    .formatted(threads, torch.get_num_threads(), openBlas()));
        }
    }

    private static int openBlas() {
        try {
            return (int) getOpenBlas.invokeExact();
        } catch (Throwable e) {
            throw new AssertionError("a native function without a callback cannot throw", e);
        }
    }
}
