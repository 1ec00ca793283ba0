package io.github.convgauge.peers.pytorch;

import io.github.convgauge.backend.BackendUnavailableException;
import java.io.IOException;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.bytedeco.javacpp.BytePointer;
import org.bytedeco.javacpp.Loader;
import org.bytedeco.pytorch.global.torch;

/** The native libraries: libtorch, its OpenBLAS and its libgomp. */
final class LibTorch {
    private static final String PUBLISHED = "linux-x86_64, macosx-arm64, macosx-x86_64 and windows-x86_64";

    private LibTorch() {}

    /**
     * Unpacks the libraries to JavaCPP's cache (first time only, about 400 MB) and loads them.
     *
     * @throws BackendUnavailableException if this machine or this build has none that load
     */
    static void load() throws BackendUnavailableException {
        configureJavaCpp();
        try {
            Loader.load(torch.class);
            // Can be set only once, and no convolution uses that pool.
            if (torch.get_num_interop_threads() != 1) {
                torch.set_num_interop_threads(1);
            }
        } catch (LinkageError | RuntimeException e) {
            throw new BackendUnavailableException(
                    "libtorch does not load on %s (%s)".formatted(Loader.getPlatform(), firstLine(e)),
                    "build convgauge on this very platform (there is a libtorch for " + PUBLISHED
                            + ") and leave 500 MB free in ~/.javacpp, or name another folder with"
                            + " -Dorg.bytedeco.javacpp.cachedir",
                    e);
        }
    }

    /**
     * Sets what JavaCPP reads when its classes start, unless the user has set it.
     *
     * <p>Its log goes to SLF4J, which nobody listens to: it would warn that OpenBLAS is one release
     * older than the rest, which it is on purpose. Everything is closed explicitly here, so neither
     * its garbage collector is needed nor its memory limits, which count the tensors of the whole
     * process against the Java heap's size and throw OutOfMemoryError.
     */
    private static void configureJavaCpp() {
        Map.of(
                        "org.bytedeco.javacpp.logger", "slf4j",
                        "org.bytedeco.javacpp.noPointerGC", "true",
                        "org.bytedeco.javacpp.maxBytes", "0",
                        "org.bytedeco.javacpp.maxPhysicalBytes", "0")
                .forEach((key, value) -> {
                    if (System.getProperty(key) == null) {
                        System.setProperty(key, value);
                    }
                });
    }

    /** Versions by library, as the libraries and their jars state them. */
    static Map<String, String> versions() {
        Map<String, String> versions = new LinkedHashMap<>();
        versions.put("pytorch", jarVersion("pytorch"));
        try (BytePointer onednn = torch.get_mkldnn_version()) {
            versions.put("onednn", number(onednn.getString()));
        }
        versions.put("openblas", jarVersion("openblas"));
        versions.put("javacpp", jarVersion("javacpp"));
        return versions;
    }

    /** The number in "Intel(R) MKL-DNN v3.12.0 (Git Hash …)"; all of it where there is none. */
    private static String number(String text) {
        Matcher version = Pattern.compile("v(\\d[\\d.]*)").matcher(text);
        return version.find() ? version.group(1) : text.strip();
    }

    private static String jarVersion(String artifact) {
        try {
            return Loader.getVersion("org.bytedeco", artifact);
        } catch (IOException e) {
            return "unknown";
        }
    }

    private static String firstLine(Throwable e) {
        String text = e.getMessage() == null ? e.getClass().getSimpleName() : e.getMessage();
        return text.lines().findFirst().orElse("").strip();
    }
}
