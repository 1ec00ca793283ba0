package io.github.convgauge.conv;

import java.util.Random;

/** Random small problems. */
final class Problems {
    private Problems() {}

    /** As text: sizes up to 9, every stride, padding, dilation and group, oh and ow at times. */
    static ConvProblem random(Random random) {
        while (true) {
            int g = 1 + random.nextInt(3);
            StringBuilder text = new StringBuilder("g%dmb%dic%doc%d".formatted(
                    g, 1 + random.nextInt(3), g * (1 + random.nextInt(3)), g * (1 + random.nextInt(3))));
            for (char axis : new char[] {'h', 'w'}) {
                text.append("i%c%dk%c%ds%c%dp%c%dd%c%d".formatted(
                        axis, 1 + random.nextInt(9), axis, 1 + random.nextInt(4), axis, 1 + random.nextInt(3),
                        axis, random.nextInt(4), axis, random.nextInt(3)));
                if (random.nextInt(3) == 0) {
                    text.append("o%c%d".formatted(axis, 1 + random.nextInt(9)));
                }
            }
            try {
                return ConvProblem.parse(text.toString());
            } catch (ProblemSyntaxException e) {
                if (e.column() == 0) {
                    throw e; // a kernel or an output that does not fit has its column
                }
            }
        }
    }
}
