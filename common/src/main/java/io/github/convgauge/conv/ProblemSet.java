package io.github.convgauge.conv;

import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import java.util.List;
import java.util.stream.Collectors;

/** The sets of problems that a built program holds, each a file of the same form as one of the user's. */
public enum ProblemSet {
    NOTEBOOK("notebook"),
    RESNET50("resnet50"),
    VGG16("vgg16"),
    MOBILENETV2_DW("mobilenetv2-dw"),
    DEEPBENCH("deepbench"),
    TINY("tiny"),
    SMOKE("smoke");

    private final String label;

    ProblemSet(String label) {
        this.label = label;
    }

    /** The name on the command line: {@code mobilenetv2-dw}. */
    public String label() {
        return label;
    }

    /** @throws IllegalArgumentException with those that there are */
    public static ProblemSet ofLabel(String label) {
        return Arrays.stream(values())
                .filter(set -> set.label.equals(label))
                .findFirst()
                .orElseThrow(() -> new IllegalArgumentException("unknown set '%s'; there are %s, and --problems FILE takes others".formatted(label, labels())));
    }

    /** All names, with commas. */
    public static String labels() {
        return Arrays.stream(values()).map(ProblemSet::label).collect(Collectors.joining(", "));
    }

    /** Its problems, in the order of the net that they come from. */
    public List<ConvProblem> problems() {
        String file = "/io/github/convgauge/problems/" + label + ".txt";
        try (InputStream in = ProblemSet.class.getResourceAsStream(file)) {
            return ProblemFile.parse(new String(in.readAllBytes(), StandardCharsets.UTF_8).lines().toList(), "the set " + label);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }
}
