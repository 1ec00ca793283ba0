package io.github.convgauge.cli;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import com.fasterxml.jackson.databind.JsonNode;
import io.github.convgauge.cli.FakeHome.Outcome;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** What a launch file asks for: variables, needs, argument files. */
class LaunchTest {
    private static final String HOME = System.getenv("HOME");
    private static final int JAVA = Runtime.version().feature();

    @TempDir
    private Path folder;

    private FakeHome home;
    private Path sdk;

    @BeforeEach
    void layOut() throws IOException {
        home = new FakeHome(folder).backend("alpha", "right");
        sdk = Files.writeString(folder.resolve("sdk.release"), "version=5.2.0-jdk%d%n".formatted(JAVA));
    }

    private Outcome check() throws IOException {
        return home.run("--check-only", "--dtype", "f64", "--regime", "eager", "--problem", FakeHome.PROBLEM);
    }

    private static Map<String, String> need(String file, String matches) {
        Map<String, String> need = new LinkedHashMap<>();
        need.put("file", file);
        need.put("matches", matches);
        need.put("reason", "the SDK in ${HOME} is not for JDK ${java}, see $HOME and ${NO_SUCH_VARIABLE}");
        need.put("mend", "set NO_SUCH_VARIABLE to one for JDK ${java}");
        return need;
    }

    /** Whether it is run or only listed, it is not there for the same reason. */
    private void assertUnavailable(String reason, String mend) throws IOException {
        JsonNode row = check().rows().getFirst();
        assertEquals("UNAVAILABLE", row.get("status").asText(), row.toString());
        assertEquals(reason + "; " + mend, row.get("reason").asText());
        assertEquals("*", row.get("algorithm").asText());
        assertEquals(List.of(), ResultSchema.complaints(row));
        Outcome devices = home.execute("devices");
        assertEquals(0, devices.status());
        assertTrue(
                devices.out().contains("alpha (a fake called alpha): UNAVAILABLE: %s\n    to change that: %s\n".formatted(reason, mend)),
                devices.out());
    }

    @Test
    void whatIsThereAndMatchesIsEnough() throws IOException {
        home.launch("alpha", "needs", List.of(
                need(sdk.toString(), "jdk${java}$"), need(sdk.toString(), null), need("launch.json", "a fake called"), need("lib", null)));
        assertEquals("PASSED", check().statusOf("right"));
    }

    /** The first need that is not met speaks; values of variables are no regular expressions. */
    @Test
    void whatIsNotThereIsUnavailable() throws IOException {
        String reason = "the SDK in %s is not for JDK %d, see $HOME and $NO_SUCH_VARIABLE".formatted(HOME, JAVA);
        String mend = "set NO_SUCH_VARIABLE to one for JDK " + JAVA;
        for (Map<String, String> missing : List.of(
                need(sdk + ".not", null), need(sdk.toString(), "jdk1${java}"), need(sdk.toString(), "${HOME}"),
                need("${HOME}", "a folder holds no text"))) {
            Map<String, String> later = need(sdk + ".later", null);
            later.put("reason", "this comes later");
            home.launch("alpha", "needs", List.of(need(sdk.toString(), null), missing, later));
            assertUnavailable(reason, mend);
        }
    }

    @Test
    void aVariableThatIsNotSetIsNamed() throws IOException {
        Map<String, String> need = need("${NO_SUCH_VARIABLE}/etc/release", null);
        home.launch("alpha", "needs", List.of(need));
        String mend = "set NO_SUCH_VARIABLE to one for JDK " + JAVA;
        assertUnavailable("NO_SUCH_VARIABLE is not set", mend);
        need.put("unset", "no SDK was found below ${HOME}");
        home.launch("alpha", "needs", List.of(need));
        assertUnavailable("no SDK was found below " + HOME, mend);
    }

    @Test
    void soIsOneThatAFlagOrTheEnvironmentTakes() throws IOException {
        home.jvm("alpha", "-Dfake.sdk=${NO_SUCH_VARIABLE}/lib");
        assertUnavailable(
                "NO_SUCH_VARIABLE is not set, and its launch file takes -Dfake.sdk=${NO_SUCH_VARIABLE}/lib from it",
                "set NO_SUCH_VARIABLE");
        home.backend("alpha", "right").launch("alpha", "environment", Map.of("FAKE", "${NO_SUCH_VARIABLE}"));
        assertUnavailable(
                "NO_SUCH_VARIABLE is not set, and its launch file takes ${NO_SUCH_VARIABLE} from it", "set NO_SUCH_VARIABLE");
    }

    @Test
    void whatWasNotBuiltSaysSo() throws IOException {
        Files.delete(home.folder("alpha").resolve("lib/fake.jar"));
        for (boolean there : new boolean[] {true, false}) {
            if (!there) {
                Files.delete(home.folder("alpha").resolve("lib"));
            }
            String reason = check().reasonOf("*");
            assertTrue(reason.startsWith("it was not built: there is no jar in " + home.folder("alpha").resolve("lib") + "; build "), reason);
            String devices = home.execute("devices").out();
            assertTrue(devices.contains("alpha (a fake called alpha): UNAVAILABLE: it was not built: "), devices);
            assertFalse(devices.contains("Exception"), devices);
        }
    }

    /** What it needs comes first: without it, building again would not help. */
    @Test
    void needsSpeakBeforeTheBuild() throws IOException {
        Files.delete(home.folder("alpha").resolve("lib/fake.jar"));
        home.launch("alpha", "needs", List.of(need("${NO_SUCH_VARIABLE}", null)));
        assertTrue(check().reasonOf("*").startsWith("NO_SUCH_VARIABLE is not set; "));
    }

    @Test
    void flagsAndVariablesOfTheEnvironmentAreFilledIn() throws IOException {
        home.jvm("alpha", "-Dfake.home=${HOME}/x", "-Dfake.jdk=${java}", "-Dfake.expect=FAKE_HOME=/${HOME}:${threads}")
                .launch("alpha", "environment", Map.of("FAKE_HOME", "/${HOME}:${threads}"));
        JsonNode row = check().row("right");
        assertEquals("PASSED", row.get("status").asText(), row.toString());
        String flags = row.at("/env/jvm_flags").toString();
        // Rows are shown to others: whose home it was is nobody's business.
        assertTrue(flags.contains("\"-Dfake.home=~/x\"") && flags.contains("\"-Dfake.jdk=" + JAVA + "\""), flags);
    }

    /** Which is what an SDK hands out: hundreds of module flags, and some that matter. */
    @Test
    void argumentFilesArePassedOnAndTheirModuleFlagsLeftOut() throws IOException {
        Path file = Files.writeString(folder.resolve("arguments"), """
                # flags of an SDK
                --add-exports=java.base/jdk.internal.misc=ALL-UNNAMED
                --add-opens java.base/java.lang=ALL-UNNAMED
                --add-reads=java.base=java.logging
                --module-path .
                -Dfake.sdk=5
                """);
        String own = "--add-opens=java.base/java.util=ALL-UNNAMED";
        home.jvm("alpha", own);
        assertTrue(check().row("right").at("/env/jvm_flags").toString().contains(own));
        home.jvm("alpha", "@" + file);
        JsonNode row = check().row("right");
        assertEquals("PASSED", row.get("status").asText(), row.toString());
        String flags = row.at("/env/jvm_flags").toString();
        assertTrue(flags.contains("\"-Dfake.sdk=5\"") && flags.contains("--module-path") && flags.contains(own), flags);
        assertFalse(flags.contains("java.lang=") || flags.contains("jdk.internal.misc") || flags.contains("--add-reads"), flags);
    }

    /** Libraries drop files where they are started, and argument files have the folder on their module path. */
    @Test
    void theWorkingDirectoryIsTheWorkersOwn() throws IOException {
        home.jvm("alpha", "-Dfake.drop=dropped");
        assertEquals("PASSED", check().statusOf("right"));
        assertFalse(Files.exists(Path.of("dropped")));
        assertTrue(Files.exists(Path.of("pom.xml")), "the tests run where a dropped file would be seen");
    }

    /** Everything that a worker is told where to find or to put is found from there. */
    @Test
    void relativePathsMeanThoseOfTheCommandLine() throws IOException {
        Path here = Path.of("").toAbsolutePath();
        Path relative = here.relativize(folder);
        Outcome run = home.run(
                "--check-only", "--dtype", "f64", "--problem", FakeHome.PROBLEM, "--save", relative.resolve("arrays").toString());
        assertEquals(0, run.status(), run.toString());
        Outcome own = home.run(
                "--check-only", "--dtype", "f64", "--x", relative.resolve("arrays/x.npy").toString(),
                "--w", relative.resolve("arrays/w.npy").toString());
        assertEquals(0, own.status(), own.toString());
        assertTrue(Files.exists(folder.resolve("arrays/y-alpha-right-f64.npy")));
    }
}
