package io.github.convgauge.jmh;

import io.github.convgauge.conv.ConvProblem;
import java.util.ArrayList;
import java.util.List;

/**
 * A kernel and the share of peak below which it counts as spoiled: a line of floors.txt.
 *
 * @param algorithm of the cpu backend
 * @param share of the peak loop's rate, in (0, 4): Winograd does fewer operations than are counted
 */
record Floor(String algorithm, String dtype, double share, ConvProblem problem) {
    /** {@code direct f32 r2-3}: what a regular expression on the command line is matched with. */
    String name() {
        return algorithm + " " + dtype + " " + problem.name();
    }

    /**
     * Reads lines of {@code algorithm dtype share problem}; {@code #} begins a comment.
     *
     * @throws IllegalArgumentException with one sentence that names the line
     */
    static List<Floor> parse(String text) {
        List<Floor> floors = new ArrayList<>();
        int number = 0;
        for (String raw : text.split("\n")) {
            number++;
            String line = raw.strip();
            if (line.isEmpty() || line.startsWith("#")) {
                continue;
            }
            String[] words = line.split("\\s+", 4);
            try {
                double share = Double.parseDouble(words[2]);
                Floor floor = new Floor(words[0], words[1], share, ConvProblem.parse(words[3]));
                if (!(share > 0 && share < 4) || floor.problem.name().isEmpty()
                        || floors.stream().anyMatch(other -> other.name().equals(floor.name()))) {
                    throw new IllegalArgumentException("the share is not in (0, 4), or the problem has no name of its own");
                }
                floors.add(floor);
            } catch (RuntimeException e) {
                throw new IllegalArgumentException("line %d of the floors is wrong: %s (%s)".formatted(number, line, e.getMessage()), e);
            }
        }
        return floors;
    }
}
