package io.github.convgauge.cli;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.github.convgauge.cli.FakeHome.Outcome;
import java.nio.file.Path;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class DevicesCommandTest {
    @TempDir
    private Path folder;

    @Test
    void listsWhatIsHereAndSaysWhyTheRestIsNot() throws Exception {
        Outcome devices = new FakeHome(folder)
                .backend("alpha", "right,wrong")
                .backend("board", "right", "devices=board:0=Fake_board")
                .backend("gone", "right", "start=unavailable")
                .backend("mute", "right", "start=dies")
                .backend("sick", "right", "start=throws")
                .execute("devices");
        assertEquals(0, devices.status(), devices.toString());
        String out = devices.out();
        assertTrue(out.lines().anyMatch(line -> line.contains("| alpha ") && line.contains("right, wrong") && line.contains("libfake 1.2.3")), out);
        assertTrue(out.lines().anyMatch(line -> line.contains("| board ") && line.contains("Fake board") && line.contains("GPU, 7 compute units, ")), out);
        assertTrue(out.contains("gone (a fake called gone): UNAVAILABLE: there is no fake driver\n    to change that: install the fake driver\n"), out);
        assertTrue(out.contains("mute (a fake called mute): UNAVAILABLE: the worker ended with exit code 3; its last lines: the fake driver gave up\n"), out);
        assertTrue(out.contains("sick (a fake called sick): UNAVAILABLE: it does not start: java.lang.IllegalStateException: the fake driver is broken\n"), out);
        assertFalse(out.contains("\tat "), out);
    }

    /** Each readable, those that people look for first, in a column. */
    @Test
    void showsTheFactsOfEachDevice() throws Exception {
        Outcome devices = new FakeHome(folder)
                .backend("alpha", "right")
                .backend("board", "right", "devices=0:0=Fake_board,0:1=pthread-skylake-avx512-AMD_EPYC")
                .execute("devices");
        assertTrue(devices.out().contains("""

                board: Fake board
                    id             0:0
                    platform       Fake Computing Language
                    type           GPU
                    compute units  7
                    memory         2.0 GiB
                    local memory   48.0 KiB
                    f64            yes
                    driver         1.2.3
                    queue          in order

                board: pthread-skylake-avx512-AMD EPYC
                    id             0:1
                """), devices.out());
        assertFalse(devices.out().contains("alpha: "), devices.out());
        assertTrue(devices.out().lines().allMatch(line -> line.length() <= 120), devices.out());
    }

    /** A program that reads the list must not take what broke for what was never there. */
    @Test
    void jsonTellsWhatIsNotHereToo() throws Exception {
        Outcome devices = new FakeHome(folder)
                .backend("board", "right", "devices=0:0=Fake_board")
                .backend("gone", "right", "start=unavailable")
                .backend("mute", "right", "start=dies")
                .execute("devices", "--json");
        assertEquals(0, devices.status(), devices.toString());
        List<String> lines = devices.out().lines().toList();
        assertEquals(3, lines.size(), devices.out());
        assertTrue(lines.get(0).startsWith("{\"backend\":\"board\",\"id\":\"0:0\","), devices.out());
        assertEquals("{\"backend\":\"gone\",\"unavailable\":\"there is no fake driver\",\"mend\":\"install the fake driver\"}", lines.get(1));
        assertEquals(
                "{\"backend\":\"mute\",\"unavailable\":\"the worker ended with exit code 3; its last lines: the fake driver gave up\",\"mend\":null}",
                lines.get(2));
    }

    @Test
    void devicesCanBeChosen() throws Exception {
        FakeHome home = new FakeHome(folder)
                .backend("alpha", "right")
                .backend("board", "right", "devices=0:0=Fake_board,0:1=Fake_chip");
        String chosen = home.execute("devices", "--device", "chip$").out();
        assertTrue(chosen.contains("Fake chip") && !chosen.contains("Fake board") && !chosen.contains("alpha"), chosen);
        Outcome none = home.execute("devices", "--device", "NVIDIA");
        assertEquals(2, none.status());
        assertTrue(none.err().startsWith("convgauge: no device matches 'NVIDIA'; there are "), none.err());
        assertEquals(2, home.execute("devices", "--device", "[").status());
    }
}
