package io.github.convgauge.measure;

import oshi.SystemInfo;

/** What this machine is called; result rows do not say it. */
public final class HostName {
    private HostName() {}

    /** "unknown" where it has no name, or OSHI's native half does not load. */
    public static String get() {
        try {
            String name = new SystemInfo().getOperatingSystem().getNetworkParams().getHostName();
            return name == null || name.isBlank() ? "unknown" : name;
        } catch (RuntimeException | LinkageError e) {
            return "unknown";
        }
    }
}
