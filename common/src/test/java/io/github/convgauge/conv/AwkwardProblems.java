package io.github.convgauge.conv;

import java.util.ArrayList;
import java.util.List;

/** Problems chosen to hurt: sizes of 1, primes, nothing square, one over and one under a block. */
public final class AwkwardProblems {
    private AwkwardProblems() {}

    /** Every combination of a small set of sizes, kernels, strides, paddings, dilations and groups. */
    public static List<ConvProblem> grid() {
        List<ConvProblem> problems = new ArrayList<>();
        for (String size : List.of("ih1iw1", "ih5iw7", "ih8iw3")) {
            for (String kernel : List.of("kh1kw1", "kh3kw3", "kh2kw5")) {
                for (String stride : List.of("sh1sw1", "sh2sw2", "sh3sw2")) {
                    for (String padding : List.of("ph0pw0", "ph1pw1", "ph1pw4")) {
                        for (String dilation : List.of("dh0dw0", "dh1dw1", "dh0dw1")) {
                            for (String channels : List.of("g1mb1ic1oc1", "g1mb3ic3oc5", "g2mb1ic4oc6", "g7mb2ic7oc7", "g3mb1ic3oc6")) {
                                addIfPossible(problems, channels + size + kernel + stride + padding + dilation);
                            }
                        }
                    }
                }
            }
        }
        return problems;
    }

    /** Problems with a reason of their own. */
    public static List<ConvProblem> special() {
        return List.of(
                // DeepSpeech: height and width differ in everything, so a swap shows.
                ConvProblem.parse("ic1ih161iw700oc3kh5kw20sh2n\"deepspeech\""),
                ConvProblem.parse("ic3ih79iw41oc4kh5kw10sh2n\"deepspeech-2\""),
                // All prime.
                ConvProblem.parse("mb2ic11ih13iw17oc19kh5kw7sh2sw3ph3pw2dh1n\"primes\""),
                // One under, at and over a register block of 4, 8 or 16 channels.
                ConvProblem.parse("ic7ih9iw11oc15kh3ph1n\"under\""),
                ConvProblem.parse("ic8ih9iw11oc16kh3ph1n\"at\""),
                ConvProblem.parse("ic9ih9iw11oc17kh3ph1n\"over\""),
                // ResNet-50: a strided 1x1 that leaves the last row and column unread, and a 7x7 stem.
                ConvProblem.parse("ic16ih14oc8oh7kh1sh2n\"res-branch1\""),
                ConvProblem.parse("ic3ih32oc8oh16kh7sh2ph3n\"stem\""),
                // DeepBench has it: padding beyond the kernel, so that most outputs see no input.
                ConvProblem.parse("ic5ih7oc3kh1sh2ph3n\"oddity\""),
                // TensorFlow's SAME with stride 2: padding at the bottom and right only.
                ConvProblem.parse("mb2ic4ih8iw10oc6oh4ow5kh3sh2n\"same\""),
                // Padding on all four sides, all different.
                ConvProblem.parse("ic2ih6iw9oc3oh7ow11kh4kw5ph1pw2n\"lopsided\""),
                // The kernel is as large as the padded input.
                ConvProblem.parse("ic3ih4iw6oc5kh6kw8ph1n\"whole\""),
                // More groups than anything is blocked by, several outputs each.
                ConvProblem.parse("g13mb1ic26ih6iw5oc39kh3ph1sh2n\"groups\""),
                // One output of many terms.
                ConvProblem.parse("ic257ih3oc1kh3n\"long-sum\""),
                ConvProblem.parse("mb10ih32iw32ic8oc16kh3kw3n\"notebook\""));
    }

    private static void addIfPossible(List<ConvProblem> problems, String text) {
        ConvProblem problem;
        try {
            problem = ConvProblem.parse(text);
        } catch (ProblemSyntaxException e) {
            return; // the kernel does not fit into this input
        }
        problems.add(problem);
    }
}
