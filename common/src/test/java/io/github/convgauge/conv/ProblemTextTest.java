package io.github.convgauge.conv;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.util.List;
import java.util.Random;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.constraints.CharRange;
import net.jqwik.api.constraints.Chars;
import net.jqwik.api.constraints.IntRange;
import net.jqwik.api.constraints.StringLength;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class ProblemTextTest {
    private static int[] padding(ConvProblem p) {
        return new int[] {p.padTop(), p.padBottom(), p.padLeft(), p.padRight()};
    }

    @Test
    void readsTheNotebooksProblem() {
        String canonical = "g1mb10_ic8ih32iw32_oc16_kh3kw3_sh1sw1_ph0pw0_dh0dw0_n\"notebook\"";
        ConvProblem p = ConvProblem.parse(canonical);
        assertEquals(
                new ConvProblem(1, 10, 8, 32, 32, 16, 30, 30, 3, 3, 1, 1, 0, 0, 0, 0, 0, 0, "notebook", 1), p);
        assertEquals(canonical, p.toString());
        assertEquals(p, ConvProblem.parse("mb10ih32iw32ic8oc16kh3kw3n\"notebook\""));
    }

    @Test
    void fillsInWhatIsAbsent() {
        ConvProblem p = ConvProblem.parse("ic1ih9oc2kh3");
        assertEquals(new ConvProblem(1, 1, 1, 9, 9, 2, 7, 7, 3, 3, 1, 1, 0, 0, 0, 0, 0, 0, "", 1), p);
        p = ConvProblem.parse(" ic1 ih9 __oc2_kh3 sh2ph1dh1 ");
        assertEquals(new ConvProblem(1, 1, 1, 9, 9, 2, 4, 4, 3, 3, 2, 2, 1, 1, 1, 1, 1, 1, "", 1), p);
        p = ConvProblem.parse("ic1ih9iw8oc2kh3kw2sw3pw2dw4");
        assertEquals(new ConvProblem(1, 1, 1, 9, 8, 2, 7, 3, 3, 2, 1, 3, 0, 2, 0, 2, 0, 4, "", 1), p);
    }

    /** Lines of benchdnn's own input files (oneDNN, tests/benchdnn/inputs/conv). */
    @ParameterizedTest
    @CsvSource(quoteCharacter = '`', textBlock = """
            ic3ih224oc64oh112kh7sh2ph3n"conv1", 112, 112, 3, 3, 3, 3
            ic256ih56oc512oh28kh1sh2ph0n"res3a_branch1", 28, 28, 0, 0, 0, 0
            ic64ih56oc64oh56kh3ph1n"res2a_branch2b*3", 56, 56, 1, 1, 1, 1
            g1ic3ih227iw227oc96oh55ow55kh11kw11sh4sw4ph0pw0dh0dw0n"alexnet:conv1", 55, 55, 0, 0, 0, 0
            ic1ih161iw700oc32oh79ow341kh5kw20sh2sw2ph0pw0n"deepspeech", 79, 341, 0, 0, 0, 0
            ic3ih300oc32oh150kh3sh2ph0n"ssd", 150, 150, 0, 1, 0, 1
            ic64ih75iw75oc64oh38ow38kh3kw3sh2sw2ph1pw1, 38, 38, 1, 1, 1, 1
            ic8ih7oc8oh7kh4ph1, 7, 7, 1, 2, 1, 2
            ic8ih7oc8oh7kh4ph2, 7, 7, 2, 1, 2, 1
            ic8ih7iw9oc8oh7kh4ph1, 7, 8, 1, 2, 1, 1
            ic8ih7iw9oc8ow9kh4ph1, 6, 9, 1, 1, 1, 2
            ic8ih3oc8oh1kh5, 1, 1, 0, 2, 0, 2
            ic8ih3oc8oh3kh5, 3, 3, 0, 4, 0, 4
            ic832ih7oc256kh1sh2ph3, 7, 7, 3, 3, 3, 3
            ic832ih7oc256oh7kh1sh2ph3, 7, 7, 3, 3, 3, 3
            ic832ih7oc256oh4kh1sh2ph0, 4, 4, 0, 0, 0, 0
            ic4ih8oc4oh3kh3sh3ph1, 3, 3, 1, 1, 1, 1
            ic4ih9oc4oh5kh2sh2dh1, 5, 5, 0, 2, 0, 2
            """)
    void padsAsTheOutputAsks(String text, int oh, int ow, int top, int bottom, int left, int right) {
        ConvProblem p = ConvProblem.parse(text);
        assertEquals(oh, p.oh(), text);
        assertEquals(ow, p.ow(), text);
        assertArrayEquals(new int[] {top, bottom, left, right}, padding(p), text);
        assertEquals(p, ConvProblem.parse(p.toString()), p.toString());
    }

    @Test
    void readsMultiplicities() {
        ConvProblem p = ConvProblem.parse("ic64ih56oc64kh3ph1n\"res2a_branch2b*3\"");
        assertEquals("res2a_branch2b", p.name());
        assertEquals(3, p.count());
        assertTrue(p.toString().endsWith("_n\"res2a_branch2b*3\""), p.toString());
        assertEquals(7, ConvProblem.parse("ic1ih1oc1kh1n\"*7\"").count());
        assertEquals("a*x", ConvProblem.parse("ic1ih1oc1kh1n\"a*x\"").name());
        assertEquals("", ConvProblem.parse("ic1ih1oc1kh1n\"\"").name());
    }

    @Test
    void tellsNamesFromMultiplicities() {
        for (String text : List.of("n\"a*3*1\"", "n\"*3*1\"", "n\"a*3*2\"", "n\"*2\"")) {
            ConvProblem p = ConvProblem.parse("ic1ih1oc1kh1" + text);
            assertTrue(p.toString().endsWith("_" + text), p.toString());
            assertEquals(p, ConvProblem.parse(p.toString()), p.toString());
        }
        assertEquals("a*3", ConvProblem.parse("ic1ih1oc1kh1n\"a*3*1\"").name());
    }

    @ParameterizedTest
    @CsvSource(quoteCharacter = '`', delimiterString = " => ", textBlock = """
            `` => 1 => the problem is empty
            `  ` => 1 => the problem is empty
            ic8ih32oc16kh3xh2 => 15 => unknown key 'xh'
            IC8ih32oc16kh3 => 1 => unknown key 'IC'
            ic8ih32oc16kh3id4 => 15 => 'id' belongs to a 3-D convolution; there are only 2-D ones here
            ic8ih32oc16kh => 14 => the number after 'kh' is missing
            ic8ih_32oc16kh3 => 6 => the number after 'ih' is missing
            icih32oc16kh3 => 3 => the number after 'ic' is missing
            ic8ih32oc16kh3gn"x" => 16 => the number after 'g' is missing
            ic8ih32oc16kh-3 => 14 => kh is -3; it must be positive
            ic8ih32oc16kh3ph-1 => 17 => ph is -1; it must be 0 or more
            ic8ih0oc16kh3 => 6 => ih is 0; it must be positive
            mb0ic8ih3oc16kh3 => 3 => mb is 0; it must be positive
            ic8ih32oc16kh3sh0 => 17 => sh is 0; it must be positive
            ic8ih32oc16kh3ph- => 17 => the number after 'ph' is missing
            ic8ih99999999999oc1kh1 => 6 => 'ih' is 99999999999; the largest size is 2147483647
            ic8ih-99999999999oc1kh1 => 6 => ih is -99999999999; it must be positive
            ic8ih32oc16kh3ih32 => 15 => 'ih' is given twice
            ic8ih3.5oc16kh3 => 7 => a key such as ic or kh was expected, not '.'
            8ic => 1 => a key such as ic or kh was expected, not '8'
            ic8ih32oc16 => 12 => 'kh' is missing; ic, ih, oc and kh are needed
            ih32oc16kh3 => 12 => 'ic' is missing; ic, ih, oc and kh are needed
            ic8ih32oc16kh3n => 16 => n is followed by a name in double quotes
            ic8ih32oc16kh3nx => 15 => unknown key 'nx'
            ic8ih32oc16kh3n"x => 16 => the name has no closing quote
            ic8ih32oc16kh3n"x"n"y" => 19 => n is given twice
            ic8ih32oc16kh3n""n"y" => 18 => n is given twice
            ic8ih32oc16kh3n"x*0" => 19 => the multiplicity is 0; it must be positive
            ic8ih32oc16kh3n"x*3000000000" => 19 => the multiplicity is 3000000000; the largest size is 2147483647
            g3ic8ih32oc16kh3 => 1 => g3 groups do not divide ic8 and oc16
            ic9g3ih32oc16kh3 => 4 => g3 groups do not divide ic9 and oc16
            ic8ih5oc16kh7 => 11 => the kernel is larger than the padded input: kh7 with dh0 spans 7, ih5 with ph0 is 5
            ic8ih5oc16kh3dh2 => 11 => the kernel is larger than the padded input: kh3 with dh2 spans 7, ih5 with ph0 is 5
            ic8ih9iw5oc16kh9 => 14 => the kernel is larger than the padded input: kw9 with dw0 spans 9, iw5 with pw0 is 5
            ic8ih9oc16kh1kw11pw0 => 14 => the kernel is larger than the padded input: kw11 with dw0 spans 11, iw9 with pw0 is 9
            ic8ih9oc16oh3kh3 => 11 => oh3 would need a negative padding (-4) at the bottom
            ic8ih9oc16oh4ow6kh3sh2 => 14 => ow6 would need a padding of 4 at the right, which is beyond the kernel: the dilated kernel less one is 2
            ic8ih9oc16oh10kh3 => 11 => oh10 would need a padding of 3 at the bottom, which is beyond the kernel: the dilated kernel less one is 2
            ic8ih9oc16oh9ow2kh1 => 14 => ow2 would need a negative padding (-7) at the right
            ic8ih2147483647iw1oc1kh1kw1ph1pw0 => 4 => ih2147483647 with its padding is 2147483649; the largest size is 2147483647
            ic1ih1oc1kh2147483647dh2147483647 => 10 => the kernel is larger than the padded input: kh2147483647 with dh2147483647 spans 4611686014132420609, ih1 with ph0 is 1
            """)
    void refusesWithASentenceAndAColumn(String text, int column, String what) {
        ProblemSyntaxException e = assertThrows(ProblemSyntaxException.class, () -> ConvProblem.parse(text), text);
        // An empty text would only show as a pair of quotes.
        String prefix = text.isBlank() ? "" : "problem '" + text + "', column " + column + ": ";
        assertEquals(prefix + what, e.getMessage());
        assertEquals(column, e.column());
    }

    @ParameterizedTest
    @CsvSource(quoteCharacter = '`', delimiterString = " => ", textBlock = """
            mb2147483647ic2147483647ih2147483647oc1kh1 => the size of the padded x overflows 63 bits: 2147483647 x 2147483647 x 2147483647 x 2147483647
            ic2147483647ih1oc2147483647kh1 => the size of w overflows 63 bits: 1 x 1 x 2147483647 x 2147483647
            mb30000ih30000ic1oc2147483647kh1 => the size of y overflows 63 bits: 30000 x 30000 x 30000 x 2147483647
            mb30000ih3000ic3000oc30000kh3000 => the size of the multiply-adds overflows 63 bits: 30000 x 1 x 1 x 30000 x 3000 x 3000 x 3000
            mb1073741823ih32768iw32768ic1oc1kh1 => the sizes of x, w and y together overflow 63 bits
            """)
    void refusesWhatOverflows(String text, String what) {
        ProblemSyntaxException e = assertThrows(ProblemSyntaxException.class, () -> ConvProblem.parse(text), text);
        assertEquals("problem '" + text + "': " + what, e.getMessage());
        assertEquals(0, e.column());
    }

    @Property
    void readsWhatItPrints(
            @ForAll Random random,
            @ForAll @StringLength(max = 8) @Chars({'a', '*', '1', '0', ' ', '#', '_'}) @CharRange(from = 'ä', to = 'ö') String name,
            @ForAll @IntRange(min = 1) int count) {
        ConvProblem p = Problems.random(random);
        ConvProblem named = new ConvProblem(
                p.g(), p.mb(), p.ic(), p.ih(), p.iw(), p.oc(), p.oh(), p.ow(), p.kh(), p.kw(), p.sh(), p.sw(),
                p.padTop(), p.padLeft(), p.padBottom(), p.padRight(), p.dh(), p.dw(), name, count);
        assertEquals(named, ConvProblem.parse(named.toString()), named.toString());
        assertEquals(named.toString(), ConvProblem.parse(named.toString()).toString());
    }

    /** Whatever it is given, it answers with a problem or a sentence. */
    @Property
    void neverStumbles(@ForAll @StringLength(max = 12) @Chars({'i', 'c', 'h', 'o', 'k', 'n', '"', '-', '9', '1', '_', ' '}) String text,
            @ForAll Random random) {
        String problem = random.nextBoolean() ? text : "ic1ih9oc1kh3" + text;
        try {
            ConvProblem.parse(problem);
        } catch (ProblemSyntaxException e) {
            assertTrue(e.column() >= 0 && e.column() <= problem.length() + 1, e.getMessage());
        }
    }

    /** Numbers as large as they come, in every place. */
    @Property
    void neverStumblesOverLargeNumbers(@ForAll Random random) {
        StringBuilder text = new StringBuilder();
        for (String key : "g mb ic ih iw oc oh ow kh kw sh sw ph pw dh dw".split(" ")) {
            if (random.nextInt(3) > 0 || List.of("ic", "ih", "oc", "kh").contains(key)) {
                int small = 1 + random.nextInt(4);
                text.append(key).append(random.nextBoolean() ? small : Integer.MAX_VALUE >> random.nextInt(31));
            }
        }
        try {
            ConvProblem p = ConvProblem.parse(text.toString());
            assertEquals(p, ConvProblem.parse(p.toString()), p.toString());
        } catch (ProblemSyntaxException e) {
            assertTrue(e.getMessage().startsWith("problem '" + text), e.getMessage());
        }
    }
}
