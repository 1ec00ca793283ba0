package io.github.convgauge.clblast;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.github.convgauge.backend.BackendUnavailableException;
import io.github.convgauge.cl.MissingOpenClContract;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;

class MissingClBlastTest extends MissingOpenClContract {
    /** What the JVM of a test runs. */
    static final class Start {
        public static void main(String[] args) {
            start(new ClBlastBackend());
        }
    }

    @Override
    protected Class<?> main() {
        return Start.class;
    }

    @Test
    void withoutTheJarOfTheLibrary() throws Exception {
        String said = load(Map.of(), without("jocl-blast"));
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

    private String loadBlast(Map<String, String> environment, String... flags) throws Exception {
        return load(environment, System.getProperty("java.class.path"), flags);
    }

    private String load(Map<String, String> environment, String classPath, String... flags) throws Exception {
        return run(
                Load.class,
                inherited -> {
                    inherited.remove(NativeLibrary.VARIABLE);
                    inherited.putAll(environment);
                },
                classPath, flags);
    }
}
