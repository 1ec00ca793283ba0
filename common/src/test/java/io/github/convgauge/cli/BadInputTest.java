package io.github.convgauge.cli;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.github.convgauge.cli.FakeHome.Outcome;
import io.github.convgauge.measure.Environment;
import io.github.convgauge.tensor.DType;
import io.github.convgauge.tensor.Npy;
import io.github.convgauge.tensor.Tensor;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.stream.Stream;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.DynamicTest;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestFactory;
import org.junit.jupiter.api.TestInstance;
import org.junit.jupiter.api.io.TempDir;

/** What cannot be run gets one sentence and exit status 2, and leaves everything as it was. */
@TestInstance(TestInstance.Lifecycle.PER_CLASS)
class BadInputTest {
    @TempDir
    private static Path folder;

    private FakeHome home;

    @BeforeAll
    void layOut() throws IOException {
        home = new FakeHome(folder).backend("alpha", "right,wrong").backend("gone", "right", "start=unavailable");
        Files.writeString(folder.resolve("file"), "a plain file\n");
        Files.createDirectory(folder.resolve("folder"));
        Files.writeString(folder.resolve("empty.txt"), "# nothing\n\n");
        Files.writeString(folder.resolve("bad.txt"), "ic1ih3oc1kh1 # good\n\nic1ih3oc1kh\n");
        Files.write(folder.resolve("latin.txt"), "ic1ih3oc1kh1n\"é\"".getBytes(StandardCharsets.ISO_8859_1));
        Npy.write(folder.resolve("x.npy"), Tensor.arange(DType.F64, 2 * 4 * 5 * 3).view(2, 4, 5, 3));
        Npy.write(folder.resolve("w.npy"), Tensor.arange(DType.F32, 3 * 3 * 3 * 4).view(3, 3, 3, 4));
        Files.writeString(folder.resolve("good.txt"), "ic1ih3oc1kh1\n");
        Npy.write(folder.resolve("y-old.npy"), Tensor.arange(DType.F64, 2 * 4 * 5 * 3).view(2, 4, 5, 3));
        Npy.write(folder.resolve("w2.npy"), Tensor.arange(DType.F32, 3 * 3 * 2 * 4).view(3, 3, 2, 4));
        Npy.write(folder.resolve("flat.npy"), Tensor.arange(DType.F32, 120));
        Npy.write(folder.resolve("none.npy"), Tensor.allocate(DType.F32, 0, 4, 5, 3));
        byte[] whole = Files.readAllBytes(folder.resolve("x.npy"));
        Files.write(folder.resolve("cut.npy"), Arrays.copyOf(whole, whole.length - 8));
        Files.write(folder.resolve("object.npy"), new String(whole, StandardCharsets.ISO_8859_1)
                .replace("'<f8'", "'|O' ").getBytes(StandardCharsets.ISO_8859_1));
    }

    /** A command line, and parts of the sentence that it must get. */
    private record Case(List<String> args, List<String> parts) {}

    private static Case bad(String args, String... parts) {
        List<String> words = Arrays.stream(args.split(" "))
                .map(word -> word.replace("FOLDER", folder.toString()).replace("''", ""))
                .toList();
        return new Case(words, List.of(parts));
    }

    private static List<Case> cases() {
        return List.of(
                // Problems.
                bad("--problem ic1ih3oc1kh3xx5", "column 13", "unknown key 'xx'"),
                bad("--problem ic1ih3oc1kh", "column 12", "the number after 'kh' is missing"),
                bad("--problem ic1ihoc1kh3", "column 6", "the number after 'ih' is missing"),
                bad("--problem ic1ih3oc1", "'kh' is missing"),
                bad("--problem ic0ih3oc1kh1", "column 3", "ic is 0; it must be positive"),
                bad("--problem ic1ih-3oc1kh1", "column 6", "ih is -3; it must be positive"),
                bad("--problem ic1ih3oc1kh1ph-1", "ph is -1; it must be 0 or more"),
                bad("--problem mb0ic1ih3oc1kh1", "mb is 0"),
                bad("--problem ic1ih3oc1kh4", "the kernel is larger than the padded input"),
                bad("--problem ic1ih5oc1kh3dh2", "the kernel is larger than the padded input", "spans 7"),
                bad("--problem g2ic3ih3oc2kh1", "column 1", "g2 groups do not divide ic3 and oc2"),
                bad("--problem ic1ih8oc1oh2kh3", "oh2 would need a negative padding"),
                bad("--problem ic1ih8oc1oh12kh3", "oh12 would need a padding", "beyond the kernel"),
                bad("--problem ic2147483647ih2147483647oc1kh1", "overflow"),
                bad("--problem ic99999999999ih3oc1kh1", "99999999999", "the largest size is 2147483647"),
                bad("--problem ic1000ih100000oc1kh1", "of memory, and this machine has ", "iB"),
                bad("--problem ic16777216ih1oc1kh1 --dtype f32", "sums 16777216 products", "no error bound in f32"),
                bad("--problem ic1id3ih3oc1kh1", "3-D"),
                bad("--problem ''", "the problem is empty"),
                bad("--problem ic1ih3oc1kh1,,ic1ih3oc1kh1", "the problem is empty"),
                bad("--problem ic1ih3oc1kh1 --problems FOLDER/bad.txt", "exclude each other"),
                // Problem files.
                bad("--problems FOLDER/missing.txt", "cannot read ", "missing.txt", "there is no such file"),
                bad("--problems FOLDER/empty.txt", "empty.txt holds no problem"),
                bad("--problems FOLDER/bad.txt", "bad.txt, line 3: ", "column 12", "the number after 'kh' is missing"),
                bad("--problems FOLDER/latin.txt", "latin.txt", "not UTF-8"),
                bad("--problems FOLDER/folder", "cannot read ", "folder"),
                // Names that nobody knows.
                bad("--dtype f16", "unknown dtype 'f16'"),
                bad("--dtype i32", "not in i32"),
                bad("--dtype ''", "--dtype"),
                bad("--backend opencl", "unknown backend 'opencl'; there are alpha, gone"),
                bad("--backend alpha,", "--backend"),
                bad("--regime warm", "unknown regime 'warm'"),
                bad("--output new", "unknown output 'new'; there are reused and fresh"),
                bad("--cache tepid", "unknown cache state 'tepid'"),
                bad("--fill ones", "unknown fill 'ones'"),
                bad("--layout chwn", "unknown layout 'chwn'"),
                bad("--algorithm [a", "--algorithm '[a' is not a regular expression"),
                bad("--device (x", "--device '(x' is not a regular expression"),
                // Numbers.
                bad("--threads 0", "--threads 0: a count from 1"),
                bad("--threads -1", "--threads -1"),
                bad("--threads ''", "--threads"),
                bad("--threads 1,,2", "--threads '1,,2' has an empty entry"),
                bad("--threads two", "--threads 'two' is not a whole number"),
                bad("--threads 99999999999999999999", "--threads"),
                bad("--seed pi", "--seed 'pi' is not a whole number"),
                bad("--time-budget soon", "--time-budget 'soon' is not a time"),
                bad("--time-budget 0s", "--time-budget '0s' is not a time"),
                // Arrays.
                bad("--x FOLDER/x.npy", "--x and --w belong together; --w is missing"),
                bad("--w FOLDER/w.npy", "--x is missing"),
                bad("--x FOLDER/x.npy --w FOLDER/missing.npy", "missing.npy", "there is no such file"),
                bad("--x FOLDER/cut.npy --w FOLDER/w.npy", "cut.npy", "truncated"),
                bad("--x FOLDER/object.npy --w FOLDER/w.npy", "object.npy", "dtype object"),
                bad("--x FOLDER/file --w FOLDER/w.npy", "is not a .npy file"),
                bad("--x FOLDER/folder --w FOLDER/w.npy", "folder", "not a plain file"),
                bad("--x FOLDER/flat.npy --w FOLDER/w.npy", "flat.npy has sizes (120,); (N, H, W, C) are needed"),
                bad("--x FOLDER/none.npy --w FOLDER/w.npy", "mb is 0"),
                bad("--x FOLDER/x.npy --w FOLDER/w2.npy", "do not fit", "(2, 4, 5, 3) and (3, 3, 2, 4)"),
                bad("--x FOLDER/x.npy --w FOLDER/w.npy --problem ih5", "ih5 contradicts the data, where it is 4"),
                bad("--x FOLDER/x.npy --w FOLDER/w.npy --problem kh3kw2", "kw2 contradicts the data, where it is 3"),
                bad("--x FOLDER/x.npy --w FOLDER/w.npy --problem sh0", "sh is 0"),
                bad("--x FOLDER/x.npy --w FOLDER/w.npy --problems FOLDER/bad.txt", "--problems does not go with them"),
                bad("--x FOLDER/x.npy --w FOLDER/w.npy --layout nchw", "kernel is larger"),
                // Where to write to.
                bad("--json FOLDER/file/rows.jsonl", "cannot write ", "rows.jsonl"),
                bad("--json FOLDER/missing/rows.jsonl", "cannot write ", "there is no folder "),
                bad("--json FOLDER/folder", "cannot write ", "folder"),
                bad("--json /proc/rows.jsonl", "cannot write /proc/rows.jsonl"),
                bad("--save FOLDER/file", "cannot write to ", "file"),
                bad("--save FOLDER/file/arrays", "cannot write to "),
                bad("--save /proc/arrays", "cannot write to /proc/arrays"),
                bad("--keep-kernels FOLDER/file", "cannot write to ", "file"),
                bad("--keep-kernels FOLDER/file/kernels", "cannot write to "),
                bad("--keep-kernels /proc/kernels", "cannot write to /proc/kernels"),
                bad("--keep-kernels ''", "--keep-kernels is empty"),
                bad("--save FOLDER/arrays --json FOLDER/missing/rows.jsonl", "cannot write ", "rows.jsonl"),
                bad("--save FOLDER --x FOLDER/x.npy --w FOLDER/w.npy", "--save ", "would replace ", "x.npy"),
                bad("--save FOLDER --x FOLDER/y-old.npy --w FOLDER/w.npy", "--save ", "would replace ", "y-old.npy"),
                bad("--json FOLDER/x.npy --x FOLDER/x.npy --w FOLDER/w.npy", "--json ", "would replace what the run reads"),
                bad("--json FOLDER/good.txt --problems FOLDER/good.txt", "--json ", "would replace what the run reads"),
                bad("--json ''", "--json is empty"),
                bad("--save ''", "--save is empty"),
                bad("--problems ''", "--problems is empty"),
                // The command line itself.
                bad("--frobnicate", "--frobnicate"),
                bad("--problem", "--problem"),
                bad("stray", "stray"),
                bad("--quick=maybe", "maybe"));
    }

    private static List<String> listing() throws IOException {
        List<String> files = new ArrayList<>();
        for (Path root : List.of(folder, Path.of(""))) {
            try (Stream<Path> all = Files.walk(root)) {
                for (Path file : all.filter(file -> !file.startsWith("target")).toList()) {
                    files.add(file + (Files.isRegularFile(file) ? " " + Files.size(file) : ""));
                }
            }
        }
        files.sort(null);
        return files;
    }

    @TestFactory
    Stream<DynamicTest> oneSentenceAndExitStatusTwo() {
        return cases().stream().map(bad -> DynamicTest.dynamicTest(String.join(" ", bad.args), () -> {
            List<String> before = listing();
            List<String> args = new ArrayList<>(bad.args);
            args.addFirst("run");
            Outcome outcome = home.execute(args.toArray(String[]::new));
            assertEquals(2, outcome.status(), outcome.toString());
            assertEquals("", outcome.out());
            assertTrue(outcome.err().startsWith("convgauge: "), outcome.err());
            assertEquals(1, outcome.err().lines().count(), outcome.err());
            for (String part : bad.parts) {
                assertTrue(outcome.err().contains(part), () -> "'%s' is not in: %s".formatted(part, outcome.err()));
            }
            assertFalse(outcome.err().contains("Exception"), outcome.err());
            assertEquals(before, listing());
        }));
    }

    /** Only a worker knows what there is, so this is said when it has been asked, and still before anything is written. */
    @Test
    void whatNoBackendHasIsRefused() throws IOException {
        FakeHome boards = new FakeHome(folder.resolve("boards")).backend("alpha", "right").backend("board", "right", "devices=0:0=Fake_board")
                .backend("gone", "right", "start=unavailable");
        List<String> before = listing();
        for (List<String> asked : List.of(
                List.of("--algorithm", "winograd", "no algorithm matches 'winograd'; there are right, wrong"),
                List.of("--device", "NVIDIA", "no device matches 'NVIDIA'; there are " + Environment.capture().cpu()
                        + " (host), Fake board (0:0, Fake Computing Language); 'convgauge devices' says why gone is not there"),
                List.of("--output", "fresh", "no row has the output fresh; there are reused"),
                List.of("--regime", "weights_resident", "no row has the regime weights_resident; there are eager, prepared"))) {
            FakeHome asking = asked.getFirst().equals("--device") ? boards : home;
            Outcome outcome = asking.execute(
                    "run", asked.get(0), asked.get(1), "--save", folder.resolve("arrays").toString(), "--json", folder.resolve("rows.jsonl").toString());
            assertEquals(2, outcome.status());
            assertEquals("", outcome.out());
            assertTrue(outcome.err().contains("convgauge: " + asked.get(2) + "\n"), outcome.err());
            assertEquals(before, listing());
        }
    }

    @Test
    void withoutBackendsThereIsNothingToRun() throws IOException {
        FakeHome bare = new FakeHome(Files.createDirectory(folder.resolve("bare")));
        Outcome outcome = bare.execute("run");
        Files.delete(folder.resolve("bare"));
        assertEquals(2, outcome.status());
        assertTrue(outcome.err().startsWith("convgauge: no backend is laid out in "), outcome.err());
    }
}
