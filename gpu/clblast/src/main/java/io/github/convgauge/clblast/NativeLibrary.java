package io.github.convgauge.clblast;

import io.github.convgauge.backend.BackendUnavailableException;
import java.io.IOException;
import java.io.InputStream;
import java.lang.foreign.SymbolLookup;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.util.Locale;
import java.util.Properties;

/**
 * CLBlast's shared library: the one that the environment variable CONVGAUGE_CLBLAST names, else the
 * one in the jar of org.jocl:jocl-blast.
 *
 * @param origin for people: its version, or where it lies
 */
record NativeLibrary(String origin, SymbolLookup symbols) {
    static final String VARIABLE = "CONVGAUGE_CLBLAST";

    private static final String JAR_FACTS = "/META-INF/maven/org.jocl/jocl-blast/pom.properties";
    private static final String MEND =
            "install CLBlast (sudo apt-get install libclblast1) and set " + VARIABLE + " to the path of its library";

    /** A class loader loads a library once, and symbols of the one that it has loaded are all that it finds. */
    private static NativeLibrary loaded;

    /** @throws BackendUnavailableException if there is none that loads */
    static synchronized NativeLibrary load() throws BackendUnavailableException {
        if (loaded == null) {
            String named = System.getenv(VARIABLE);
            loaded = named == null || named.isBlank() ? bundled() : named(Path.of(named));
        }
        return loaded;
    }

    /** Whether the jar has it for this platform, or somebody said where it is. */
    static boolean isForThisPlatform() {
        return System.getenv(VARIABLE) != null || !resource().isEmpty();
    }

    private static NativeLibrary named(Path path) throws BackendUnavailableException {
        if (!Files.isReadable(path)) {
            throw new BackendUnavailableException(
                    "%s names %s, which cannot be read".formatted(VARIABLE, path),
                    "set it to the path of CLBlast's library (libclblast.so), or unset it", null);
        }
        load(path);
        return new NativeLibrary(path + " (" + VARIABLE + ")", SymbolLookup.loaderLookup());
    }

    private static NativeLibrary bundled() throws BackendUnavailableException {
        String version = version();
        String resource = resource();
        try (InputStream in = resource.isEmpty() ? null : NativeLibrary.class.getResourceAsStream(resource)) {
            if (in == null) {
                throw new BackendUnavailableException(
                        "org.jocl:jocl-blast %s has no CLBlast for this platform (%s, %s)".formatted(
                                version, System.getProperty("os.name"), System.getProperty("os.arch")),
                        MEND, null);
            }
            Path file = Files.createTempFile("convgauge-clblast-", resource.substring(resource.lastIndexOf('.')));
            try {
                Files.copy(in, file, StandardCopyOption.REPLACE_EXISTING);
                load(file);
            } finally {
                // A loaded library stays mapped, except on Windows, which cannot delete it either.
                if (!file.toFile().delete()) {
                    file.toFile().deleteOnExit();
                }
            }
        } catch (IOException e) {
            throw new BackendUnavailableException(
                    "CLBlast's library cannot be unpacked: " + e.getMessage(),
                    "make room in the folder for temporary files, " + System.getProperty("java.io.tmpdir"), e);
        }
        return new NativeLibrary(version + " (org.jocl:jocl-blast)", SymbolLookup.loaderLookup());
    }

    /** The linker says why it does not load, which SymbolLookup.libraryLookup keeps to itself. */
    @SuppressWarnings("restricted")
    private static void load(Path path) throws BackendUnavailableException {
        try {
            System.load(path.toAbsolutePath().toString());
        } catch (UnsatisfiedLinkError e) {
            throw new BackendUnavailableException("CLBlast's library does not load: " + e.getMessage(), MEND, e);
        }
    }

    private static String version() throws BackendUnavailableException {
        Properties facts = new Properties();
        try (InputStream in = NativeLibrary.class.getResourceAsStream(JAR_FACTS)) {
            if (in == null) {
                throw new BackendUnavailableException(
                        "the jar of org.jocl:jocl-blast, which holds CLBlast, is not on the class path",
                        "build convgauge anew", null);
            }
            facts.load(in);
        } catch (IOException e) {
            throw new BackendUnavailableException("the jar of org.jocl:jocl-blast cannot be read", "build convgauge anew", e);
        }
        return facts.getProperty("version", "of unknown version");
    }

    /** Where the jar would have the library of this platform; "" where it could not have one. */
    private static String resource() {
        String arch = System.getProperty("os.arch").toLowerCase(Locale.ROOT);
        if (!arch.equals("amd64") && !arch.equals("x86_64")) {
            return "";
        }
        String os = System.getProperty("os.name").toLowerCase(Locale.ROOT);
        if (os.startsWith("windows")) {
            return "/lib/windows/x86_64/clblast.dll";
        }
        return os.startsWith("mac") ? "/lib/apple/x86_64/libclblast.dylib" : "/lib/linux/x86_64/libclblast.so";
    }
}
