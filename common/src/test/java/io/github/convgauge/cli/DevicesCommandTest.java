package io.github.convgauge.cli;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.github.convgauge.cli.FakeHome.Outcome;
import java.nio.file.Path;
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
        assertTrue(out.lines().anyMatch(line -> line.contains("| board ") && line.contains("Fake board") && line.contains("compute units 7")), out);
        assertTrue(out.contains("gone (a fake called gone): UNAVAILABLE: there is no fake driver\n    to change that: install the fake driver\n"), out);
        assertTrue(out.contains("mute (a fake called mute): UNAVAILABLE: the worker ended with exit code 3; its last lines: the fake driver gave up\n"), out);
        assertTrue(out.contains("sick (a fake called sick): UNAVAILABLE: it does not start: java.lang.IllegalStateException: the fake driver is broken\n"), out);
        assertFalse(out.contains("\tat "), out);
    }
}
