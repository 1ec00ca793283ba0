package io.github.convgauge.cli.run;

import java.nio.file.Path;

/** Where the build lays backends out; scripts/convgauge says so with {@code -Dconvgauge.home}. */
public final class BackendHome {
    private BackendHome() {}

    public static Path backends() {
        String home = System.getProperty("convgauge.home");
        if (home == null) {
            throw new InputException("convgauge.home is not set; start scripts/convgauge");
        }
        return Path.of(home, "target", "dist", "backends");
    }
}
