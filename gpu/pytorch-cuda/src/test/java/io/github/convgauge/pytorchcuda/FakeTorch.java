package io.github.convgauge.pytorchcuda;

import java.nio.file.Path;
import java.util.Map;

/** The PyTorch in plain Python that these tests have in place of a real one on a real device. */
public final class FakeTorch {
    private FakeTorch() {}

    /** Where its package lies. */
    public static Path folder() {
        return Path.of("src/test/python").toAbsolutePath();
    }

    /** Variables under which a Python process meets it, with these faults. */
    static Map<String, String> with(String... faults) {
        return Map.of("PYTHONPATH", folder().toString(), "FAKE_TORCH", String.join(",", faults), "PYTHONDONTWRITEBYTECODE", "1");
    }
}
