package io.github.convgauge.cpu.kernel;

import com.sun.management.HotSpotDiagnosticMXBean;
import java.io.IOException;
import java.lang.management.ManagementFactory;
import java.nio.file.Files;
import java.nio.file.Path;
import javax.management.JMException;
import javax.management.ObjectName;

/**
 * Keeps HotSpot's first compiler, C1, off the generated blocks, so that they go from the interpreter to C2.
 *
 * <p>What C1 makes of vector code is no faster than interpreting it, and now and then it gives up: "out of virtual registers", as
 * {@code -XX:+PrintCompilation} shows it. If it does so for a loop while it profiles, the block is never handed on to C2, and stays at a hundredth of its
 * speed for good. The way to tell HotSpot is a directive of its compiler control (JEP 165), which a running JVM takes through {@code jcmd}
 * or the bean behind it.
 *
 * <p>The same directive has whoever calls a block once too often wait for its compilation. Interpreted code is a hundred times slower, and where all cores
 * run it, C2 gets none for seconds. And on the way from a segment to the instruction that reads it are a few small methods which C2 inlines only where their
 * profiles, those of the whole JVM, say that they are called; in a block it always does.
 */
final class OptimizingCompiler {
    private static final String DIRECTIVE = """
            [{match: "%s.block", BackgroundCompilation: false, c1: {Exclude: true}, inline: ["+jdk/internal/misc/Unsafe.*", "+jdk/internal/foreign/NativeMemorySegmentImpl.*"]}]
            """;
    /** Below this, the JVM was told to do without C2, and blocks without C1 would be interpreted for good. */
    private static final int FULL_OPTIMIZATION = 4;
    private static final boolean ALONE = exclude();

    private OptimizingCompiler() {}

    /** Whether blocks that are defined from now on are C2's alone; false on JVMs that cannot be told. */
    static boolean alone() {
        return ALONE;
    }

    private static boolean exclude() {
        try {
            if (!hasAllTiers()) {
                return false;
            }
            // Hidden classes have a suffix.
            String pattern = OptimizingCompiler.class.getPackageName().replace('.', '/') + "/GeneratedKernel*";
            Path file = Files.createTempFile("convgauge-directive", ".json");
            try {
                Files.writeString(file, DIRECTIVE.formatted(pattern));
                Object said = ManagementFactory.getPlatformMBeanServer().invoke(
                        new ObjectName("com.sun.management:type=DiagnosticCommand"), "compilerDirectivesAdd",
                        new Object[] {new String[] {file.toString()}}, new String[] {String[].class.getName()});
                return String.valueOf(said).contains("1 compiler directives added");
            } finally {
                Files.delete(file);
            }
        } catch (IOException | JMException | RuntimeException e) {
            // Another JVM: kernels are as right, and may be as fast.
            return false;
        }
    }

    private static boolean hasAllTiers() {
        HotSpotDiagnosticMXBean flags = ManagementFactory.getPlatformMXBean(HotSpotDiagnosticMXBean.class);
        return Boolean.parseBoolean(flags.getVMOption("TieredCompilation").getValue())
                && Integer.parseInt(flags.getVMOption("TieredStopAtLevel").getValue()) >= FULL_OPTIMIZATION;
    }
}
