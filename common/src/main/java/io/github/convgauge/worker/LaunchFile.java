package io.github.convgauge.worker;

import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/**
 * How the worker of a backend is started: launch.json in the backend's folder. In {@code jvm},
 * {@code environment} and {@code needs}, {@link LaunchText} stands for what only the machine knows.
 *
 * @param backend its name on the command line
 * @param title one line for people
 * @param why why the flags and variables are what they are, for people; may be absent
 * @param yardstick the row that all others are compared with, in the one backend that has it
 * @param twin the backend whose rows of the same algorithm, regime and hardware this one's are
 *     compared with; may be absent
 * @param needs what must be there before the worker starts
 * @param jvm flags of its JVM; one that begins with {@code @} is an argument file
 * @param environment variables of its process
 */
public record LaunchFile(
        String backend, String title, String why, Yardstick yardstick, String twin, List<Need> needs, List<String> jvm,
        Map<String, String> environment) {

    /** Which of a backend's rows is the yardstick. */
    public record Yardstick(String algorithm, String regime) {}

    public LaunchFile {
        needs = needs == null ? List.of() : List.copyOf(needs);
        jvm = jvm == null ? List.of() : List.copyOf(jvm);
        environment = environment == null ? Map.of() : Collections.unmodifiableMap(new LinkedHashMap<>(environment));
    }
}
