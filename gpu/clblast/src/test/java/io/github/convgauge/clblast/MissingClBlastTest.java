package io.github.convgauge.clblast;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.github.convgauge.backend.BackendUnavailableException;
import java.io.File;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Starts the backend where something is missing, each time in a JVM of its own. */
class MissingClBlastTest {
    @TempDir
    Path empty;

    /** What the JVM of a test runs. */
    static final class Start {
        public static void main(String[] args) {
            try (ClBlastBackend backend = new ClBlastBackend()) {
                backend.start();
                System.out.println("started");
            } catch (BackendUnavailableException e) {
                System.out.println(e.getMessage() + " | " + e.mend());
            }
        }
    }

    @Test
    void withoutAPlatform() throws Exception {
        String said = start(System.getProperty("java.class.path"));
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
        String said = start(System.getProperty("java.class.path"), "-Dorg.lwjgl.opencl.libname=" + empty.resolve("libOpenCL.so"));
        assertTrue(said.startsWith("this machine has no OpenCL loader (libOpenCL) | "), said);
        assertTrue(said.contains("sudo apt-get install pocl-opencl-icd"), said);
        assertEquals(1, said.lines().count(), said);
    }

    @Test
    void withoutTheBindingsNativeLibrary() throws Exception {
        // LWJGL itself says a few lines more, into the worker's log.
        String said = start(without("natives"));
        assertTrue(said.contains("LWJGL, the Java binding of OpenCL, does not load on this platform | "), said);
        assertTrue(said.contains("build convgauge on this very platform"), said);
    }

    @Test
    void withoutTheBinding() throws Exception {
        String said = start(without("lwjgl-opencl"));
        assertTrue(said.startsWith("LWJGL, the Java binding of OpenCL, does not load on this platform | "), said);
    }

    @Test
    void withoutTheJarOfTheLibrary() throws Exception {
        String said = run(Load.class, Map.of(), without("jocl-blast"));
        assertEquals("the jar of org.jocl:jocl-blast, which holds CLBlast, is not on the class path | build convgauge anew", said.strip());
    }

    @Test
    void onAnotherPlatform() throws Exception {
        String said = loadBlast(Map.of(), "-Dos.arch=riscv64");
        assertTrue(said.matches("(?s)org\\.jocl:jocl-blast [0-9.]+ has no CLBlast for this platform \\(.*, riscv64\\) \\| install CLBlast .*"), said);
        assertEquals(1, said.lines().count(), said);
    }

    @Test
    void whereTheVariableNamesNothing() throws Exception {
        Path nothing = empty.resolve("libclblast.so");
        String said = loadBlast(Map.of("CONVGAUGE_CLBLAST", nothing.toString()));
        assertTrue(said.startsWith("CONVGAUGE_CLBLAST names " + nothing + ", which cannot be read | "), said);
        assertEquals(1, said.lines().count(), said);
    }

    @Test
    void whereTheVariableNamesNoLibrary() throws Exception {
        Path text = Files.writeString(empty.resolve("libclblast.so"), "not a library");
        String said = loadBlast(Map.of("CONVGAUGE_CLBLAST", text.toString()));
        // The JVM itself says a few words before.
        assertTrue(said.contains("CLBlast's library does not load: "), said);
        assertTrue(said.contains(" | install CLBlast (sudo apt-get install libclblast1) and set CONVGAUGE_CLBLAST"), said);
    }

    @Test
    void leavesNoFileBehind() throws Exception {
        Path folder = Files.createDirectory(empty.resolve("temporary"));
        loadBlast(Map.of(), "-Djava.io.tmpdir=" + folder);
        try (Stream<Path> left = Files.list(folder)) {
            assertEquals(List.of(), left.filter(file -> file.getFileName().toString().startsWith("convgauge-")).toList());
        }
    }

    /** The library alone, since a machine without OpenCL is told of that first. */
    static final class Load {
        public static void main(String[] args) {
            try {
                ClBlast.load();
                System.out.println("loaded");
            } catch (BackendUnavailableException e) {
                System.out.println(e.getMessage() + " | " + e.mend());
            }
        }
    }

    private static String without(String part) {
        return Arrays.stream(System.getProperty("java.class.path").split(File.pathSeparator))
                .filter(entry -> !Path.of(entry).getFileName().toString().contains(part))
                .collect(Collectors.joining(File.pathSeparator));
    }

    private String start(String classPath, String... flags) throws Exception {
        return run(Start.class, Map.of(), classPath, flags);
    }

    private String loadBlast(Map<String, String> environment, String... flags) throws Exception {
        return run(Load.class, environment, System.getProperty("java.class.path"), flags);
    }

    private String run(Class<?> main, Map<String, String> environment, String classPath, String... flags) throws Exception {
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
        builder.environment().remove("CONVGAUGE_CLBLAST");
        builder.environment().putAll(environment);
        Process process = builder.start();
        String said = new String(process.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
        assertEquals(0, process.waitFor(), said);
        assertFalse(said.contains("\tat "), "a stack trace: " + said);
        return said;
    }
}
