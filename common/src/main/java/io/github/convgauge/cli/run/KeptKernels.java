package io.github.convgauge.cli.run;

import io.github.convgauge.backend.KernelSource;
import io.github.convgauge.cli.run.RowFactory.Heat;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Locale;
import java.util.zip.CRC32;

/** Where {@code --keep-kernels} puts the device kernels of each row: a folder a row, a file a kernel. */
final class KeptKernels {
    /** File systems take 255 bytes in a name; what is cut off still tells two names apart. */
    private static final int LONGEST = 200;

    private final Path root;
    private int files;

    KeptKernels(Path root) {
        this.root = root;
    }

    /** Writes the kernels of a row, numbered in the order in which they run. */
    void write(Heat heat, Entrant entrant, List<KernelSource> kernels) throws IOException {
        if (kernels.isEmpty()) {
            return;
        }
        Path folder = root.resolve(folder(heat, entrant));
        Files.createDirectories(folder);
        for (int i = 0; i < kernels.size(); i++) {
            KernelSource kernel = kernels.get(i);
            String name = "%d-%s".formatted(i + 1, SavedArrays.fileName(kernel.name()));
            Files.writeString(folder.resolve(cut(name) + "." + SavedArrays.fileName(kernel.extension())), text(kernel));
            files++;
        }
    }

    private static String folder(Heat heat, Entrant entrant) {
        String device = entrant.device().name();
        boolean ambiguous = entrant.team().devices().stream().filter(other -> other.name().equals(device)).count() > 1;
        boolean other = !entrant.output().equals(entrant.algorithm().outputs().getFirst());
        return cut(SavedArrays.fileName(String.join(
                "-", heat.problem().toString(), heat.dtype().label(), entrant.team().backend().name(),
                ambiguous ? device + "-" + entrant.device().id() : device, entrant.algorithmName(),
                other ? entrant.regime() + "-" + entrant.output() : entrant.regime())));
    }

    private static String cut(String name) {
        if (name.length() <= LONGEST) {
            return name;
        }
        CRC32 checksum = new CRC32();
        checksum.update(name.getBytes(StandardCharsets.UTF_8));
        return name.substring(0, LONGEST) + String.format(Locale.ROOT, "-%08x", checksum.getValue());
    }

    private static String text(KernelSource kernel) {
        StringBuilder text = new StringBuilder();
        kernel.facts().forEach((name, value) ->
                (name + ": " + value).lines().forEach(line -> text.append("// ").append(line).append('\n')));
        return text.append(kernel.text()).append(kernel.text().endsWith("\n") ? "" : "\n").toString();
    }

    /** What became of it, one line. */
    String describe() {
        return files == 0
                ? "--keep-kernels: no row had a kernel to keep, so nothing was written to " + root
                : "kernels: %s (%d file%s)".formatted(root, files, files == 1 ? "" : "s");
    }
}
