package io.github.convgauge.cl;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.github.convgauge.backend.Backend;
import io.github.convgauge.backend.BackendUnavailableException;
import java.io.File;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.function.Consumer;
import java.util.stream.Collectors;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Starts a backend where something of OpenCL is missing, each time in a JVM of its own. */
public abstract class MissingOpenClContract {
    @TempDir
    protected Path empty;

    /** A class whose main method is {@link #start} with the backend. */
    protected abstract Class<?> main();

    /** Says whether a backend starts, and if not, why. */
    protected static void start(Backend backend) {
        try (backend) {
            backend.start();
            System.out.println("started");
        } catch (BackendUnavailableException e) {
            System.out.println(e.getMessage() + " | " + e.mend());
        }
    }

    @Test
    void withoutAPlatform() throws Exception {
        String said = startWith(System.getProperty("java.class.path"));
        // A machine without the loader cannot say more than that.
        assertTrue(
                said.startsWith("no OpenCL platform is installed on this machine | ")
                        || said.startsWith("this machine has no OpenCL loader (libOpenCL) | "),
                said);
        assertTrue(said.contains("sudo apt-get install pocl-opencl-icd"), said);
        assertEquals(1, said.lines().count(), said);
    }

    @Test
    void withoutTheLoader() throws Exception {
        String said = startWith(System.getProperty("java.class.path"), "-Dorg.lwjgl.opencl.libname=" + empty.resolve("libOpenCL.so"));
        assertTrue(said.startsWith("this machine has no OpenCL loader (libOpenCL) | "), said);
        assertTrue(said.contains("sudo apt-get install pocl-opencl-icd"), said);
        assertEquals(1, said.lines().count(), said);
    }

    @Test
    void withoutTheBindingsNativeLibrary() throws Exception {
        // LWJGL itself says a few lines more, into the worker's log.
        String said = startWith(without("natives"));
        assertTrue(said.contains("LWJGL, the Java binding of OpenCL, does not load on this platform | "), said);
        assertTrue(said.contains("build convgauge on this very platform"), said);
    }

    @Test
    void withoutTheBinding() throws Exception {
        String said = startWith(without("lwjgl-opencl"));
        assertTrue(said.startsWith("LWJGL, the Java binding of OpenCL, does not load on this platform | "), said);
    }

    /** This JVM's class path, without the entries whose file's name has such a part. */
    protected static String without(String part) {
        return Arrays.stream(System.getProperty("java.class.path").split(File.pathSeparator))
                .filter(entry -> !Path.of(entry).getFileName().toString().contains(part))
                .collect(Collectors.joining(File.pathSeparator));
    }

    private String startWith(String classPath, String... flags) throws Exception {
        return run(main(), environment -> {}, classPath, flags);
    }

    /**
     * Starts a JVM that sees no driver.
     *
     * @param environment changes the JVM's, once more
     * @return what it printed, which is no stack trace
     */
    protected final String run(Class<?> main, Consumer<Map<String, String>> environment, String classPath, String... flags)
            throws Exception {
        List<String> command = new ArrayList<>(List.of(
                Path.of(System.getProperty("java.home"), "bin", "java").toString(),
                "--enable-native-access=ALL-UNNAMED",
                // Else a library that another JVM has unpacked would be found.
                "-Dorg.lwjgl.system.SharedLibraryExtractPath=" + Files.createDirectory(empty.resolve("unpacked"))));
        command.addAll(List.of(flags));
        command.addAll(List.of("-cp", classPath, main.getName()));
        ProcessBuilder builder = new ProcessBuilder(command).redirectErrorStream(true);
        builder.environment().put("OCL_ICD_VENDORS", Files.createDirectory(empty.resolve("vendors")).toString());
        builder.environment().remove("OCL_ICD_FILENAMES");
        environment.accept(builder.environment());
        Process process = builder.start();
        String said = new String(process.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
        assertEquals(0, process.waitFor(), said);
        assertFalse(said.contains("\tat "), "a stack trace: " + said);
        return said;
    }
}
