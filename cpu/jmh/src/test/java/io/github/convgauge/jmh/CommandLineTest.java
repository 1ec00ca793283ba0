package io.github.convgauge.jmh;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.IOException;
import java.io.PrintWriter;
import java.io.StringWriter;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** What the command line takes and refuses, and how it judges results that are made up; nothing is measured. */
class CommandLineTest {
    private static final String PROBLEM = "g1mb1_ic64ih56iw56_oc64_kh3kw3_sh1sw1_ph1pw1_dh0dw0_n\\\"r2-3\\\"";
    private static final String KERNEL = "\"algorithm\":\"direct\",\"dtype\":\"f32\",\"problem\":\"" + PROBLEM + '"';

    @TempDir
    private Path folder;

    private static String run(int status, String... args) {
        StringWriter said = new StringWriter();
        PrintWriter writer = new PrintWriter(said, true);
        assertEquals(status, Suite.execute(args, writer, writer), () -> String.join(" ", args) + ": " + said);
        return said.toString();
    }

    private static String expect(int status, String text, String... args) {
        String said = run(status, args);
        assertTrue(said.contains(text), () -> String.join(" ", args) + " said: " + said);
        return said;
    }

    private String file(String name, String text) throws IOException {
        return Files.writeString(folder.resolve(name), text).toString();
    }

    @Test
    void kindsAndDtypesAreChosen() {
        String said = expect(0, "copy-nchw f32 r2-3, no floor", "--list", "--benchmark", "copy,gemm", "r2-3|conv1");
        assertTrue(said.contains("gemm f64 conv1, no floor") && said.contains("copy-im2col f32 conv1"), said);
        assertFalse(said.contains("direct"), said);
        assertFalse(expect(0, "gemm f64 r2-3", "--list", "--benchmark", "copy,gemm", "--dtype", "f64").contains(" f32 "));
        assertFalse(expect(0, "direct f64 r2-3, floor 0.", "--list", "--dtype", "f64").contains(" f32 "));
        expect(2, "unknown benchmark 'kernels'; there are kernel, copy, gemm", "--list", "--benchmark", "kernels");
        expect(2, "--benchmark 'gemm,' has an empty entry", "--benchmark", "gemm,");
        expect(2, "unknown dtype 'i32'; convolutions are run in f32 and f64", "--dtype", "i32");
        expect(2, "unknown dtype 'f16'", "--dtype", "f32,f16");
    }

    @Test
    void problemFilesAreThoseOfRun() throws IOException {
        String two = file("two.txt", "# two layers\nic64ih56oc64kh3ph1n\"mine*3\" # a comment\n\nic4ih5oc6kh1\n");
        String said = expect(0, "direct f32 mine, floor 0.82", "--list", "--problems", two);
        String unnamed = "g1mb1_ic4ih5iw5_oc6_kh1kw1_sh1sw1_ph0pw0_dh0dw0";
        Stream.of(
                "winograd-f4 f64 mine, no floor", "gemm f32 " + unnamed + ", no floor", "copy-nhwc f64 mine, no floor",
                "left out: winograd-f2 f32 " + unnamed + ": the transforms are those of 3x3 kernels",
                "left out: copy-im2col f32 " + unnamed + ": its windows are a matrix as they lie")
                .forEach(line -> assertTrue(said.contains(line), said));
        assertEquals(2 * (4 + 3 + 1 + 2 + 2 + 1), said.lines().filter(line -> !line.startsWith("left out")).count(), said);
        expect(2, "there is nothing to measure: winograd-f2 f64 r2-1: the transforms are", "--problems", "resnet50", "winograd.* r2-1$");
        expect(2, "line 1: problem 'ic64ih56'", "--problems", file("bad.txt", "ic64ih56\n"));
        expect(2, "holds no problem", "--problems", file("none.txt", "# nothing\n"));
        expect(2, "it is a folder", "--problems", folder.toString());
        expect(2, "--problems 'resnet' is neither a file nor a set; the sets are notebook, resnet50,", "--problems", "resnet");
        Files.write(folder.resolve("latin1.txt"), new byte[] {'#', (byte) 0xe4, '\n'});
        expect(2, "latin1.txt: it is not UTF-8 text", "--problems", folder.resolve("latin1.txt").toString());
    }

    @Test
    void whatGoesTogether() {
        for (String[] narrowed : new String[][] {
            {"--quick"}, {"direct"}, {"--problems", "tiny"}, {"--dtype", "f32"}, {"--benchmark", "kernel"}, {"--list"}, {"--forks", "2"}}) {
            for (String option : new String[] {"--judge", "--keep"}) {
                String[] args = Stream.concat(Stream.of(option), Arrays.stream(narrowed)).toArray(String[]::new);
                expect(2, option.equals("--judge") ? "--judge takes all that was measured" : "--keep needs all kernels, measured at length", args);
            }
        }
        expect(2, "--judge takes all that was measured", "--judge", "--forks", "3");
        expect(2, "--forks 0: from 1 to 100 are possible", "--forks", "0");
        expect(2, "--forks 101: from 1 to 100 are possible", "--forks", "101");
        expect(2, "Invalid value for option '--forks'", "--forks", "many");
    }

    /** One of JMH's files: the forks' times in nanoseconds, all iterations of a fork alike. */
    private void result(String file, String benchmark, String params, double... forks) throws IOException {
        String raw = Arrays.stream(forks).mapToObj(nanos -> "[" + nanos + "," + nanos + "]").collect(Collectors.joining(","));
        file(file, "[{\"benchmark\":\"io.github.convgauge.jmh." + benchmark + "\",\"warmupIterations\":3,\"measurementIterations\":5,\"params\":{"
                + params + "},\"primaryMetric\":{\"scoreUnit\":\"ns/op\",\"rawData\":[" + raw + "]}}]");
    }

    /** Of 100 operations a nanosecond. */
    private void peak(String file) throws IOException {
        result(file, "PeakBenchmark.peak", "\"dtype\":\"f32\",\"flops\":\"1.0E9\"", 1e7, 1e7, 1e7);
    }

    /** A kernel of 225738752 operations, as many times as there are forks. */
    private String judge(int status, double... forks) throws IOException {
        file("environment.json", "{}");
        peak("000-peak-f32.json");
        result("001-direct_f32_r2-3.json", "KernelBenchmark.kernel", KERNEL, forks);
        peak("002-peak-f32.json");
        return run(status, "--judge", "--out", folder.toString());
    }

    @Test
    void severalForksAreJudged() throws IOException {
        double fast = 225738752 / 98.0;
        assertTrue(judge(0, fast, fast, 5 * fast).contains(" 0.980  0.820  ok, but 1 of 3 forks below"));
        assertTrue(judge(1, fast, 5 * fast, 5 * fast).contains(" 0.196  0.820  BELOW"));
        assertTrue(judge(0, 5 * fast, 5 * fast).contains(" not judged"));
        assertTrue(judge(0, 5 * fast).contains("measured too shortly, or in fewer than 3 forks, are not judged"));
        assertTrue(judge(2, fast, Double.NaN, fast).contains("001-direct_f32_r2-3.json is no result of this suite: it is no JSON"));
        assertTrue(judge(2, fast, 0, fast).contains("it has no time of each iteration of each fork"));
        assertTrue(judge(2).contains("it has no time of each iteration of each fork"));
    }

    /** What has no floor beside what has one: nothing stands in for the floors that --keep wants. */
    @Test
    void keepingNeedsTheFloors() throws IOException {
        judge(0, 225738752 / 98.0, 225738752 / 98.0, 225738752 / 98.0);
        expect(2, "--keep needs all kernels, measured at length; 1 of ", "--judge", "--keep", "--out", folder.toString());
        result("001-direct_f32_r2-3.json", "KernelBenchmark.kernel", KERNEL.replace("direct", "naive"), 1, 1, 1);
        expect(2, "--keep needs all kernels, measured at length; 0 of ", "--judge", "--keep", "--out", folder.toString());
    }

    /** Five turns over a kernel, in which the sampler says a factor times what JMH says, while the peak goes from 270 to this. */
    private static String tried(double factor, double peak) {
        String turns = Stream.of(991, 1004, 1000, 1003, 1002, 1001)
                .map(nanos -> "{\"peak_gflops\":[270,%s,271],\"jmh_first\":true,\"jmh\":%s,\"sampler\":%s,\"settled\":true}"
                        .formatted(peak, interval(nanos), interval(nanos * factor)))
                .collect(Collectors.joining(","));
        return "{\"algorithm\":\"direct\",\"dtype\":\"f32\",\"problem\":\"ic1ih1oc1kh1n\\\"one\\\"\",\"turns\":[" + turns + "]}";
    }

    private static String interval(double nanos) {
        return "{\"median\":%s,\"low\":%s,\"high\":%s}".formatted(nanos, nanos, nanos);
    }

    @Test
    void aFileSaysWhatWasCompared() throws IOException {
        String equal = tried(1, 271);
        file("agree.json", "{\"figure\":\"mean\",\"kernels\":[%s,%s,%s]}".formatted(equal, equal, equal));
        expect(2, "is no result of 'scripts/jmh agree': 'mean' is no figure; there are median and minimum", "agree", "--judge", "--out", folder.toString());
        file("agree.json", "{\"kernels\":[%s,%s,%s]}".formatted(equal, equal, equal));
        expect(2, "'' is no figure", "agree", "--judge", "--out", folder.toString());
    }

    private String agree(int status, String... kernels) throws IOException {
        return agree(Figure.MEDIAN, status, kernels);
    }

    private String agree(Figure figure, int status, String... kernels) throws IOException {
        file("agree.json", "{\"figure\":\"" + figure.label() + "\",\"kernels\":[" + String.join(",", kernels) + "]}");
        return run(status, "agree", "--judge", "--out", folder.toString());
    }

    @Test
    void agreementIsJudged() throws IOException {
        String equal = tried(1, 271);
        assertTrue(agree(0, equal, equal, equal).contains(" 1.000     6/6     0.4  agree"));
        assertTrue(agree(0, equal, equal, equal).startsWith("by the median of each JVM's samples"));
        // One of the three peaks of each turn is quiet.
        String minima = agree(Figure.MINIMUM, 0, equal, tried(1, 200), equal);
        assertTrue(minima.startsWith("by the minimum of each JVM's samples"), minima);
        agree(Figure.MINIMUM, 1, equal, tried(1.2, 200), equal);
        agree(0, equal, equal, equal);
        expect(2, "--judge and --minimum exclude each other", "agree", "--judge", "--minimum", "--out", folder.toString());
        // The verdicts are in the file now, and judging it again takes no notice.
        run(0, "agree", "--judge", "--out", folder.toString());
        assertTrue(Files.readString(folder.resolve("agree.json")).contains("\"outcome\" : \"AGREE\""));
        assertTrue(agree(1, equal, tried(1.2, 271), equal).contains(" 1.200     6/6     0.4  disagree"));
        assertTrue(agree(1, equal, equal, tried(0.8, 271)).contains(" 0.800     6/6     0.4  disagree"));
        assertTrue(agree(4, equal, tried(1, 200), equal).contains("direct f32 one: 0 of 6 turns count, and 6 must: beside 6 the machine was not quiet"));
        expect(4, "not kept, since it is not decided", "agree", "--judge", "--keep", "--out", folder.toString());
        assertTrue(agree(1, tried(1.2, 271), tried(1, 200), equal).contains("not decided"));
    }

    @Test
    void whatIsNoResultOfAgreeIsRefused() throws IOException {
        String equal = tried(1, 271);
        for (String bad : new String[] {
            tried(1, 0), "{\"algorithm\":\"direct\"}", "3", "{}", equal.replace("f32", "f16"), equal.replace("ic1", "ic0"), equal.replace("turns", "tries"),
            equal.replaceFirst("\"turns.*", "\"turns\":[]}"), equal.replaceFirst("\"turns.*", "\"turns\":[null]}")}) {
            String said = agree(2, equal, equal, bad);
            assertTrue(said.contains("agree.json is no result of 'scripts/jmh agree': "), said);
            assertEquals(1, said.lines().filter(line -> line.startsWith("jmh: ")).count(), said);
        }
        assertTrue(agree(2, equal, equal).contains("has 2 of 3 kernels"));
        file("agree.json", "[");
        expect(2, "it is no JSON", "agree", "--judge", "--out", folder.toString());
        file("agree.json", "[]");
        expect(2, "it holds no kernels", "agree", "--judge", "--out", folder.toString());
        expect(2, "there is no ", "agree", "--judge", "--out", folder.resolve("nowhere").toString());
        expect(2, "--turns 5: from 6 to 100 are possible", "agree", "--turns", "5");
        expect(2, "Unknown option: '--quick'", "agree", "--quick");
    }
}
