package io.github.convgauge.cpu.kernel;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.github.convgauge.tensor.DType;
import java.io.IOException;
import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeSet;
import java.util.concurrent.TimeUnit;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Collectors;
import jdk.incubator.vector.FloatVector;
import org.junit.jupiter.api.Test;

/** That a block is compiled for its vector length alone, also where blocks of another one ran before it, by what C2 says it inlines. */
class VectorLengthsTest {
    /** A compilation by C2, not one that enters a loop in the middle: the block's last one has no percent sign. */
    private static final Pattern COMPILATION = Pattern.compile("^ *\\d+ +\\d+ +[sbn!]* *4 +\\S*GeneratedKernel(\\S*)::block \\(.*");
    private static final Pattern ANY = Pattern.compile("^ *\\d+ +\\d+ [ %sbn!]*[1-4] +\\S+::\\S+ .*");
    private static final Pattern SUM = Pattern.compile("(Float\\d+Vector)::lanewise\\b");
    private static final long LONGEST_NANOS = 20_000_000_000L;

    /** Blocks of the longest vectors and of half of that, in turns. */
    public static final class Blocks {
        public static void main(String[] args) {
            int bits = FloatVector.SPECIES_PREFERRED.vectorBitSize();
            List<BlockKernel> kernels = new ArrayList<>();
            for (int length : new int[] {bits, bits / 2}) {
                BlockSpec.Run run = new BlockSpec.Run(0, 0, 8, 0, 4);
                kernels.add(KernelGenerator.of(new BlockSpec(
                        DType.F32, length, 4, 1, List.of(run), false, 256, 64, 4, 64, 32, 64, 0, 0)));
            }
            try (Arena arena = Arena.ofConfined()) {
                MemorySegment memory = arena.allocate(1 << 13, 64);
                long begin = System.nanoTime();
                for (int i = 0; i < 60_000 && System.nanoTime() - begin < LONGEST_NANOS; i++) {
                    for (BlockKernel kernel : kernels) {
                        kernel.run(memory, 0, memory, 0, memory, 1 << 12, 3, 1);
                    }
                }
            }
        }
    }

    @Test
    void eachBlockKnowsOneLength() throws IOException, InterruptedException {
        Map<String, Set<String>> classes = new LinkedHashMap<>();
        String block = null;
        String output = inlining();
        for (String line : output.lines().toList()) {
            Matcher compilation = COMPILATION.matcher(line);
            if (compilation.matches()) {
                block = compilation.group(1);
                classes.put(block, new TreeSet<>());
            } else if (ANY.matcher(line).matches()) {
                block = null;
            } else if (block != null) {
                Matcher sum = SUM.matcher(line);
                while (sum.find()) {
                    classes.get(block).add(sum.group(1));
                }
            }
        }
        assertEquals(2, classes.size(), () -> "compiled blocks in\n" + output.lines().limit(200).collect(Collectors.joining("\n")));
        classes.forEach((name, lengths) -> assertEquals(1, lengths.size(), name + " is compiled for " + lengths));
        assertEquals(2, classes.values().stream().distinct().count(), classes.toString());
    }

    private static String inlining() throws IOException, InterruptedException {
        Process process = new ProcessBuilder(
                        Path.of(System.getProperty("java.home"), "bin", "java").toString(),
                        "-XX:+UnlockDiagnosticVMOptions",
                        "-XX:CompileCommand=quiet",
                        "-XX:CompileCommand=PrintCompilation,*GeneratedKernel*::block",
                        "-XX:CompileCommand=PrintInlining,*GeneratedKernel*::block",
                        "--add-modules=jdk.incubator.vector", "--enable-native-access=ALL-UNNAMED",
                        "-cp", System.getProperty("java.class.path"), Blocks.class.getName())
                .redirectError(ProcessBuilder.Redirect.DISCARD)
                .start();
        String output = new String(process.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
        assertTrue(process.waitFor(1, TimeUnit.MINUTES));
        assertEquals(0, process.exitValue(), output);
        return output;
    }
}
