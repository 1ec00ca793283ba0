package io.github.convgauge.cli.run;

import io.github.convgauge.conv.ConvProblem;
import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import java.util.List;
import java.util.stream.Collectors;

/** The sets of problems that a built program holds, each a file of the same form as one of the user's. */
enum ProblemSet {
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
    String label() {
        return label;
    }

    /** @throws InputException with those that there are */
    static ProblemSet ofLabel(String label) {
        return Arrays.stream(values())
                .filter(set -> set.label.equals(label))
                .findFirst()
                .orElseThrow(() -> new InputException("unknown set '%s'; there are %s, and --problems FILE takes others".formatted(label, labels())));
    }

    /** All names, with commas. */
    static String labels() {
        return Arrays.stream(values()).map(ProblemSet::label).collect(Collectors.joining(", "));
    }

    List<ConvProblem> problems() {
        String file = "/io/github/convgauge/problems/" + label + ".txt";
        try (InputStream in = ProblemSet.class.getResourceAsStream(file)) {
            return ProblemFile.parse(new String(in.readAllBytes(), StandardCharsets.UTF_8).lines().toList(), "the set " + label);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }
}
