package io.github.convgauge.worker;

import java.util.List;
import java.util.Map;

/**
 * How the worker of a backend is started: launch.json in the backend's folder.
 *
 * @param backend its name on the command line
 * @param title one line for people
 * @param why why the flags and variables are what they are, for people; may be absent
 * @param yardstick the row that all others are compared with, in the one backend that has it
 * @param jvm flags of its JVM
 * @param environment variables of its process; {@code ${threads}} stands for the thread count
 */
public record LaunchFile(
        String backend, String title, String why, Yardstick yardstick, List<String> jvm, Map<String, String> environment) {

    /** Which of a backend's rows is the yardstick. */
    public record Yardstick(String algorithm, String regime) {}

    public LaunchFile {
        jvm = jvm == null ? List.of() : List.copyOf(jvm);
        environment = environment == null ? Map.of() : Map.copyOf(environment);
    }
}
