package io.github.convgauge.jmh;

import io.github.convgauge.conv.ConvProblem;
import io.github.convgauge.tensor.DType;
import java.time.LocalDate;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/**
 * A kernel and the share of peak below which it counts as spoiled: a line of floors.txt.
 *
 * @param share of the peak loop's rate, in (0, 4): Winograd does fewer operations than are counted
 * @param origin what the floor was set from; empty where it was not measured by this suite yet
 */
record Floor(Subject subject, double share, Optional<Origin> origin) {
    private static final String NONE = "-";

    /**
     * A measurement.
     *
     * @param share of the peak
     * @param machine one word
     */
    record Origin(double share, LocalDate date, String machine) {}

    String name() {
        return subject.name();
    }

    /**
     * Reads lines of {@code algorithm dtype share measured date machine problem}, where a floor that was
     * not measured has {@code -} three times; {@code #} begins a comment.
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
            try {
                Floor floor = of(line.split("\\s+", 7));
                if (floors.stream().anyMatch(other -> other.name().equals(floor.name()))) {
                    throw new IllegalArgumentException("there is one for " + floor.name() + " already");
                }
                floors.add(floor);
            } catch (RuntimeException e) {
                throw new IllegalArgumentException("line %d of the floors is wrong: %s (%s)".formatted(number, line, e.getMessage()), e);
            }
        }
        return floors;
    }

    private static Floor of(String[] words) {
        if (words.length < 7) {
            throw new IllegalArgumentException("a line is algorithm, dtype, floor, measured, date, machine, problem");
        }
        double share = share(words[2]);
        ConvProblem problem = ConvProblem.parse(words[6]);
        if (problem.name().isEmpty()) {
            throw new IllegalArgumentException("the problem has no name");
        }
        DType dtype = DType.ofLabel(words[1]);
        if (!dtype.isFloating()) {
            throw new IllegalArgumentException("kernels compute in f32 and f64, not in " + dtype.label());
        }
        return new Floor(new Subject(words[0], dtype, problem), share, origin(words, share));
    }

    private static Optional<Origin> origin(String[] words, double floor) {
        List<String> said = List.of(words[3], words[4], words[5]);
        if (said.stream().allMatch(NONE::equals)) {
            return Optional.empty();
        }
        if (said.contains(NONE)) {
            throw new IllegalArgumentException("measured, date and machine are all there or all " + NONE);
        }
        double measured = share(words[3]);
        if (floor > measured) {
            throw new IllegalArgumentException("the floor lies above what was measured");
        }
        return Optional.of(new Origin(measured, LocalDate.parse(words[4]), words[5]));
    }

    private static double share(String word) {
        double share = Double.parseDouble(word);
        if (!(share > 0 && share < 4)) {
            throw new IllegalArgumentException("a share of " + word + " is not in (0, 4)");
        }
        return share;
    }
}
