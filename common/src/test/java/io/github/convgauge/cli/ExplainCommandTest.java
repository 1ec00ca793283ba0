package io.github.convgauge.cli;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.IOException;
import java.io.PrintWriter;
import java.io.StringWriter;
import java.nio.charset.StandardCharsets;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import picocli.CommandLine;

class ExplainCommandTest {
    /** Every number as in the lecture notebook's cells on im2col. */
    private static final String NOTEBOOK = """
            # The array
            (5, 5) [5. 1.] 25
            sizes (5, 5), strides (5, 1): 25 elements over 25 in memory
            [[ 0  1  2  3  4]
             [ 5  6  7  8  9]
             [10 11 12 13 14]
             [15 16 17 18 19]
             [20 21 22 23 24]]

            # The memory behind the array
            array([ 0,  1,  2,  3,  4,  5,  6,  7,  8,  9, 10, 11, 12, 13, 14, 15, 16,
                   17, 18, 19, 20, 21, 22, 23, 24])

            # The windows, as a strided view of the array: nothing is copied
            (3, 3, 3, 3) [5. 1. 5. 1.] 81
            sizes (3, 3, 3, 3), strides (5, 1, 5, 1): 81 elements over 25 in memory

            # The memory behind the view: that of the array
            array([ 0,  1,  2,  3,  4,  5,  6,  7,  8,  9, 10, 11, 12, 13, 14, 15, 16,
                   17, 18, 19, 20, 21, 22, 23, 24])
            NumPy's dump through ctypes takes as many elements as the view has, 81, reads on past the end
            and prints foreign memory. This tool refuses to:
            index (25,) of layout (81,):(1,) is element 25 of its storage: the layout takes 0 to 80, the storage holds 0 to 24

            # The contiguous copy of the windows
            (3, 3, 3, 3) [27.  9.  3.  1.] 81
            sizes (3, 3, 3, 3), strides (27, 9, 3, 1): 81 elements over 81 in memory
            array([[[[ 0,  1,  2],
                     [ 5,  6,  7],
                     [10, 11, 12]],

                    [[ 1,  2,  3],
                     [ 6,  7,  8],
                     [11, 12, 13]],

                    [[ 2,  3,  4],
                     [ 7,  8,  9],
                     [12, 13, 14]]],


                   [[[ 5,  6,  7],
                     [10, 11, 12],
                     [15, 16, 17]],

                    [[ 6,  7,  8],
                     [11, 12, 13],
                     [16, 17, 18]],

                    [[ 7,  8,  9],
                     [12, 13, 14],
                     [17, 18, 19]]],


                   [[[10, 11, 12],
                     [15, 16, 17],
                     [20, 21, 22]],

                    [[11, 12, 13],
                     [16, 17, 18],
                     [21, 22, 23]],

                    [[12, 13, 14],
                     [17, 18, 19],
                     [22, 23, 24]]]])

            # The memory behind the contiguous windows
            array([ 0,  1,  2,  5,  6,  7, 10, 11, 12,  1,  2,  3,  6,  7,  8, 11, 12,
                   13,  2,  3,  4,  7,  8,  9, 12, 13, 14,  5,  6,  7, 10, 11, 12, 15,
                   16, 17,  6,  7,  8, 11, 12, 13, 16, 17, 18,  7,  8,  9, 12, 13, 14,
                   17, 18, 19, 10, 11, 12, 15, 16, 17, 20, 21, 22, 11, 12, 13, 16, 17,
                   18, 21, 22, 23, 12, 13, 14, 17, 18, 19, 22, 23, 24])

            # The matrix: one window a row
            (9, 9) [9. 1.] 81
            sizes (9, 9), strides (9, 1): 81 elements over 81 in memory
            array([[ 0,  1,  2,  5,  6,  7, 10, 11, 12],
                   [ 1,  2,  3,  6,  7,  8, 11, 12, 13],
                   [ 2,  3,  4,  7,  8,  9, 12, 13, 14],
                   [ 5,  6,  7, 10, 11, 12, 15, 16, 17],
                   [ 6,  7,  8, 11, 12, 13, 16, 17, 18],
                   [ 7,  8,  9, 12, 13, 14, 17, 18, 19],
                   [10, 11, 12, 15, 16, 17, 20, 21, 22],
                   [11, 12, 13, 16, 17, 18, 21, 22, 23],
                   [12, 13, 14, 17, 18, 19, 22, 23, 24]])

            # The matrix without the copy: view()
            Refused: cannot view sizes (3, 3, 3, 3), strides (5, 1, 5, 1) as (9, 9): the strides do not run through those dimensions; reshape() or contiguous().view() copies

            # The matrix straight from the view: reshape()
            (9, 9) [9. 1.] 81
            sizes (9, 9), strides (9, 1): 81 elements over 81 in memory
            It has memory of its own: reshape() copied, because it had to.
            array([[ 0,  1,  2,  5,  6,  7, 10, 11, 12],
                   [ 1,  2,  3,  6,  7,  8, 11, 12, 13],
                   [ 2,  3,  4,  7,  8,  9, 12, 13, 14],
                   [ 5,  6,  7, 10, 11, 12, 15, 16, 17],
                   [ 6,  7,  8, 11, 12, 13, 16, 17, 18],
                   [ 7,  8,  9, 12, 13, 14, 17, 18, 19],
                   [10, 11, 12, 15, 16, 17, 20, 21, 22],
                   [11, 12, 13, 16, 17, 18, 21, 22, 23],
                   [12, 13, 14, 17, 18, 19, 22, 23, 24]])

            # The kernel
            array([[0, 1, 2],
                   [3, 4, 5],
                   [6, 7, 8]])

            # The convolution: the matrix times the kernel
            [[312 348 384]
             [492 528 564]
             [672 708 744]]
            """;

    private final StringWriter out = new StringWriter();
    private final StringWriter err = new StringWriter();

    private int run(String arguments) {
        return new CommandLine(new ExplainCommand())
                .setOut(new PrintWriter(out))
                .setErr(new PrintWriter(err))
                .execute(arguments.isEmpty() ? new String[0] : arguments.split(" "));
    }

    @ParameterizedTest
    @CsvSource({"im2col --size 5x5 --kernel 3", "im2col", "im2col --size 5 --kernel 3x3 --stride 1 --dilation 0"})
    void replaysTheNotebook(String arguments) {
        assertEquals(0, run(arguments), err::toString);
        assertEquals(NOTEBOOK, out.toString());
        assertEquals("", err.toString());
    }

    /** The blocks that NumPy printed for the same steps come in their order; make_print.py makes them. */
    @ParameterizedTest
    @CsvSource({
        "im2col --size 7x6 --kernel 3x2, 7x6",
        "im2col --size 11x13 --kernel 3x2 --stride 2x3 --dilation 1x4, strided",
        // Its products do not fit into 32 bits, and it is large enough to be shortened.
        "im2col --size 100x300 --kernel 40 --stride 30x50, large"})
    void printsWhatNumpyPrints(String arguments, String expected) throws IOException {
        assertEquals(0, run(arguments), err::toString);
        String numpy;
        try (var in = ExplainCommandTest.class.getResourceAsStream("/numpy/explain-" + expected + ".txt")) {
            numpy = new String(in.readAllBytes(), StandardCharsets.UTF_8);
        }
        String text = out.toString();
        int at = 0;
        for (String block : numpy.split("\n----\n")) {
            String lines = "\n" + block.strip() + "\n";
            int found = text.indexOf(lines, at);
            assertTrue(found >= 0, () -> "after the blocks before it, there is none like" + lines + "in\n" + text);
            at = found + lines.length() - 1;
        }
        assertEquals(text.length(), at + 1, "the product ends it");
    }

    @Test
    void saysWhenNothingNeedsACopy() {
        assertEquals(0, run("im2col --size 4x3 --kernel 1"), err::toString);
        String text = out.toString();
        assertTrue(text.contains("The view has no more elements than that"), text);
        assertTrue(text.contains("the view already is, so nothing is copied"), text);
        assertTrue(text.contains("The strides carry it, so there is no need for a copy."), text);
        assertTrue(text.contains("It shares the memory of the array: no copy was needed."), text);
        assertTrue(text.endsWith("\n[[0 0 0]\n [0 0 0]\n [0 0 0]\n [0 0 0]]\n"), text);
    }

    @Test
    void showsItsUsageWithoutASubcommand() {
        assertEquals(0, run(""));
        assertTrue(out.toString().startsWith("Usage: explain"), out::toString);
        assertTrue(out.toString().contains("im2col"), out::toString);
    }

    @ParameterizedTest
    @CsvSource(delimiterString = " => ", quoteCharacter = '`', textBlock = """
            im2col --size 0x5 => --size is 0x5; both numbers must be positive
            im2col --size 0 => --size is 0x0; both numbers must be positive
            im2col --kernel 3x0 => --kernel is 3x0; both numbers must be positive
            im2col --stride 0 => --stride is 0x0; both numbers must be positive
            im2col --size 2x9 => the kernel 3x3 is larger than the array 2x9: 3 high, not 2
            im2col --size 9x2 => the kernel 3x3 is larger than the array 9x2: 3 wide, not 2
            im2col --dilation 2 => the kernel 3x3 with gaps of 2x2 is larger than the array 5x5: 7 high, not 5
            im2col --kernel 2147483647 --dilation 2147483647 => the kernel 2147483647x2147483647 with gaps of 2147483647x2147483647 is larger than the array 5x5: 4611686014132420609 high, not 5
            im2col --size 5y5 => Invalid value for option '--size': '5y5' is neither a number nor two such as 5x7
            im2col --size 5x => Invalid value for option '--size': '5x' is neither a number nor two such as 5x7
            im2col --size 5x5x5 => Invalid value for option '--size': '5x5x5' is neither a number nor two such as 5x7
            im2col --size -5 => Invalid value for option '--size': '-5' is neither a number nor two such as 5x7
            im2col --kernel 3.5 => Invalid value for option '--kernel': '3.5' is neither a number nor two such as 5x7
            im2col --size 5x99999999999 => Invalid value for option '--size': '5x99999999999' has a number above 2147483647
            im2col --size 100000 => --size 100000x100000 holds 10000000000 numbers, but i32 counts to 2147483647 only
            im2col --size 40000 --kernel 20000 => the windows of kernel 20000x20000 over 40000x40000 take
            im2col --nonsense => Unknown option: '--nonsense'
            """)
    void refusesWithASentence(String arguments, String message) {
        assertEquals(2, run(arguments));
        String said = err.toString().lines().findFirst().orElseThrow();
        assertTrue(said.equals(message) || (message.endsWith(" take") && said.startsWith(message)), said);
        assertEquals("", out.toString());
    }
}
