package io.github.convgauge.peers.pytorch;

import io.github.convgauge.backend.BackendUnavailableException;
import java.lang.foreign.FunctionDescriptor;
import java.lang.foreign.Linker;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.SymbolLookup;
import java.lang.foreign.ValueLayout;
import java.lang.invoke.MethodHandle;

/**
 * The thread count of the OpenBLAS that libtorch multiplies with. JavaCPP's bindings have one too,
 * but their getter returns what their setter was told, not what the library does.
 */
final class OpenBlas {
    private final MethodHandle set;
    private final MethodHandle get;

    @SuppressWarnings("restricted")
    private OpenBlas(MemorySegment set, MemorySegment get) {
        Linker linker = Linker.nativeLinker();
        this.set = linker.downcallHandle(set, FunctionDescriptor.ofVoid(ValueLayout.JAVA_INT));
        this.get = linker.downcallHandle(get, FunctionDescriptor.of(ValueLayout.JAVA_INT));
    }

    /** Finds its functions among the libraries that JavaCPP has loaded. */
    static OpenBlas find() throws BackendUnavailableException {
        SymbolLookup libraries = SymbolLookup.loaderLookup();
        return new OpenBlas(
                find(libraries, "openblas_set_num_threads"), find(libraries, "openblas_get_num_threads"));
    }

    private static MemorySegment find(SymbolLookup libraries, String name) throws BackendUnavailableException {
        return libraries.find(name).orElseThrow(() -> new BackendUnavailableException(
                "the BLAS that libtorch loaded has no " + name + ", so its threads cannot be counted",
                "remove the system property org.bytedeco.openblas.load, so that the OpenBLAS of the build is loaded",
                null));
    }

    void setThreads(int threads) {
        try {
            set.invokeExact(threads);
        } catch (Throwable e) {
            throw new AssertionError("a native function cannot throw", e);
        }
    }

    int threads() {
        try {
            return (int) get.invokeExact();
        } catch (Throwable e) {
            throw new AssertionError("a native function cannot throw", e);
        }
    }
}
