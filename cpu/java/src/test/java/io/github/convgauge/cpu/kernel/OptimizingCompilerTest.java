package io.github.convgauge.cpu.kernel;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.github.convgauge.tensor.DType;
import java.io.IOException;
import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.TimeUnit;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;

/** Which of HotSpot's compilers takes the blocks, by what a JVM says of its compilations. */
class OptimizingCompilerTest {
    /** Its number, marks, its level, and the method. */
    private static final Pattern BLOCK = Pattern.compile("^ *\\d+ +\\d+ [ %sbn!]*([1-4]) +\\S*GeneratedKernel\\S*::block .*");
    private static final long LONGEST_NANOS = 20_000_000_000L;

    /** A loop that goes round often enough in few calls to be compiled while it runs. */
    public static final class LongLoop {
        public static void main(String[] args) {
            BlockSpec spec = new BlockSpec(
                    DType.F32, 128, 2, 1, List.of(new BlockSpec.Run(0, 0, 4096, 0, 2)), false, 0, 0, 4, 16, 4, 16, 0, 0);
            BlockKernel kernel = KernelGenerator.of(spec);
            try (Arena arena = Arena.ofConfined()) {
                MemorySegment memory = arena.allocate(1 << 17, 64);
                for (int i = 0; i < 150; i++) {
                    kernel.run(memory, 0, memory, 0, memory, 0, 3, 1);
                }
            }
        }
    }

    /** Three taps, each a loop of its own, as C1 gives up on. */
    public static final class Blocks {
        public static void main(String[] args) {
            List<BlockSpec.Run> runs = new ArrayList<>();
            for (int tap = 0; tap < 3; tap++) {
                runs.add(new BlockSpec.Run(12 * tap, 64 * tap, 1, 0, 14));
            }
            BlockSpec spec = new BlockSpec(DType.F32, 512, 14, 1, runs, false, 256, 192, 4, 64, 24, 64, 0, 0);
            BlockKernel kernel = KernelGenerator.of(spec);
            try (Arena arena = Arena.ofConfined()) {
                MemorySegment memory = arena.allocate(1 << 12, 64);
                long begin = System.nanoTime();
                // Until it must be through, which its output says.
                for (int i = 0; i < 60_000 && System.nanoTime() - begin < LONGEST_NANOS; i++) {
                    kernel.run(memory, 0, memory, 0, memory, 1 << 11, 3, 1);
                }
            }
        }
    }

    private static String compilations(Class<?> main, String... flags) throws IOException, InterruptedException {
        Process process = new ProcessBuilder(Stream.concat(
                        Stream.of(Path.of(System.getProperty("java.home"), "bin", "java").toString(), "-XX:+PrintCompilation"),
                        Stream.concat(Stream.of(flags), Stream.of(
                                "--add-modules=jdk.incubator.vector", "--enable-native-access=ALL-UNNAMED",
                                "-cp", System.getProperty("java.class.path"), main.getName())))
                .toList())
                .redirectError(ProcessBuilder.Redirect.DISCARD)
                .start();
        String output = new String(process.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
        assertTrue(process.waitFor(1, TimeUnit.MINUTES));
        assertEquals(0, process.exitValue(), output);
        return output;
    }

    /** Whether the small methods behind a read are inlined hangs on no profile: one JVM in a hundred had blocks of a sixth of their speed. */
    @Test
    void readsAreInlinedInAnyCase() throws IOException, InterruptedException {
        String output = compilations(
                Blocks.class, "-XX:+UnlockDiagnosticVMOptions", "-XX:CompileCommand=quiet", "-XX:CompileCommand=PrintInlining,*GeneratedKernel*::block");
        List<String> reads = output.lines().filter(line -> line.matches(".* @ \\d+ .*Unsafe::getIntUnaligned \\(12 bytes\\).*")).toList();
        assertFalse(reads.isEmpty());
        assertEquals(List.of(), reads.stream().filter(line -> !line.contains("force inline by CompileCommand")).toList());
    }

    private static List<Integer> levels(String... flags) throws IOException, InterruptedException {
        return compilations(Blocks.class, flags).lines().map(BLOCK::matcher).filter(Matcher::matches)
                .map(matcher -> Integer.valueOf(matcher.group(1))).distinct().toList();
    }

    /** C2 has as much to do for a block that it enters in the middle of a loop (OSR) as for the one that is used in the end. */
    @Test
    void noBlockIsCompiledWhileItRuns() throws IOException, InterruptedException {
        List<String> onStack = compilations(LongLoop.class).lines()
                .filter(line -> line.contains("GeneratedKernel") && line.contains("::block @")).toList();
        List<String> skipped = onStack.stream().filter(line -> line.contains("OSR starts with non-empty stack")).toList();
        assertFalse(skipped.isEmpty(), "no loop went round often enough");
        assertEquals(2 * skipped.size(), onStack.size(), onStack.toString());
    }

    @Test
    void blocksAreC2sAlone() throws IOException, InterruptedException {
        assertEquals(List.of(4), levels());
    }

    /** Marked by a b: interpreted code would take the cores that C2 needs. */
    @Test
    void whoCallsABlockWaitsForC2() throws IOException, InterruptedException {
        List<String> compiled = compilations(Blocks.class).lines().filter(line -> BLOCK.matcher(line).matches()).toList();
        assertFalse(compiled.isEmpty());
        assertTrue(compiled.stream().allMatch(line -> line.matches("^ *\\d+ +\\d+ +%? *b +4 .*")), compiled.toString());
    }

    /** Else they would be interpreted for good. */
    @Test
    void whereThereIsNoC2TheyAreC1s() throws IOException, InterruptedException {
        List<Integer> levels = levels("-XX:TieredStopAtLevel=1");
        assertFalse(levels.isEmpty());
        assertFalse(levels.contains(4), levels.toString());
    }
}
