package io.github.convgauge.tensor;

import static org.junit.jupiter.api.Assertions.assertAll;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.stream.Stream;
import org.junit.jupiter.api.Named;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/** Against what NumPy 2 printed; numpy/make_print.py beside print.txt makes it. */
class NumpyPrinterTest {
    /** Another file in the same form, for a longer run: -Dconvgauge.print.cases=FILE. */
    private static final String MORE = System.getProperty("convgauge.print.cases");

    /** One array and its texts: str, repr, and for i32 repr where that is the default integer. */
    private record Case(String header, List<String> texts) {
        Tensor tensor() {
            String[] words = header.split(" ");
            DType dtype = DType.ofLabel(words[1]);
            long[] sizes = words[2].equals("scalar")
                    ? new long[0]
                    : Stream.of(words[2].split("x")).mapToLong(Long::parseLong).toArray();
            Tensor tensor = Tensor.allocate(dtype, sizes);
            if (words[3].equals("linear")) {
                double start = Double.parseDouble(words[4]);
                double step = Double.parseDouble(words[5]);
                return tensor.fill(i -> start + step * i);
            }
            return tensor.fill(i -> number(words[4 + (int) i]));
        }

        private static double number(String python) {
            return switch (python) {
                case "nan" -> Double.NaN;
                case "inf" -> Double.POSITIVE_INFINITY;
                case "-inf" -> Double.NEGATIVE_INFINITY;
                default -> Double.parseDouble(python);
            };
        }
    }

    static Stream<Named<Case>> cases() throws IOException {
        String text;
        if (MORE != null) {
            text = Files.readString(Path.of(MORE));
        } else {
            try (var in = NumpyPrinterTest.class.getResourceAsStream("/numpy/print.txt")) {
                text = new String(in.readAllBytes());
            }
        }
        List<Named<Case>> cases = new ArrayList<>();
        for (String section : text.substring(0, text.length() - 1).split("(?m)\\n?^=== ")) {
            if (!section.isEmpty()) {
                int end = section.indexOf('\n');
                String header = "=== " + section.substring(0, end);
                List<String> texts = Arrays.asList(section.substring(end + 1).split("\\n--- .*\\n"));
                cases.add(Named.of(header.substring(0, Math.min(80, header.length())), new Case(header, texts)));
            }
        }
        return cases.stream();
    }

    @ParameterizedTest
    @MethodSource("cases")
    void printsWhatNumpyPrints(Case expected) {
        Tensor tensor = expected.tensor();
        assertAll(
                expected.header(),
                () -> assertEquals(expected.texts().get(0), NumpyPrinter.print(tensor)),
                () -> assertEquals(expected.texts().get(1), NumpyPrinter.repr(tensor)),
                () -> assertEquals(
                        expected.texts().get(expected.texts().size() - 1), NumpyPrinter.repr(tensor, true)));
    }

    @Test
    void readsTheCases() throws IOException {
        assertFalse(cases().count() < 300);
    }

    @Test
    void printsTheViewAndNotItsStorage() {
        Tensor view = Tensor.arange(DType.I32, 25).view(5, 5).slice(0, 4, -1, -2).slice(1, 1, 4).permute(1, 0);
        assertEquals("[[21 11  1]\n [22 12  2]\n [23 13  3]]", NumpyPrinter.print(view));
    }
}
