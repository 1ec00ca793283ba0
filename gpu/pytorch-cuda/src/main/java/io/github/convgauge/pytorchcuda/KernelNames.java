package io.github.convgauge.pytorchcuda;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import io.github.convgauge.backend.BackendUnavailableException;
import io.github.convgauge.backend.UnsupportedConvException;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.regex.Pattern;

/**
 * Which kernels PyTorch launches for a convolution. cuDNN chooses between algorithms of different error laws, and does not
 * tell; the names of its kernels do. They are asked of a second process, because CUDA's profiling interface stays in a
 * process that used it, and costs each launch there some time.
 */
final class KernelNames implements AutoCloseable {
    /** Not the sums of the definition: their transforms round in between, by laws that nobody has derived for cuDNN's kernels. */
    private static final Pattern TRANSFORM = Pattern.compile("(?i)winograd|fft");
    private static final int SHOWN = 3;

    private final Map<String, String> environment;
    private final Map<String, List<String>> known = new HashMap<>();
    private Python python;

    KernelNames(Map<String, String> environment) {
        this.environment = environment;
    }

    /**
     * Those of one execution, in order; empty where the profiler does not show any.
     *
     * @param key the same for rows that have the same kernels
     * @param spec as the script takes it
     * @throws UnsupportedConvException if one of them does not sum as the rows here are bound to
     */
    List<String> of(String key, ObjectNode spec) throws UnsupportedConvException {
        if (!known.containsKey(key)) {
            known.put(key, ask(spec));
        }
        List<String> names = known.get(key);
        for (String name : names) {
            if (TRANSFORM.matcher(name).find()) {
                throw new UnsupportedConvException(
                        "cuDNN chose an algorithm by transforms here (%s), for which there is no error bound".formatted(name));
            }
        }
        return names;
    }

    private List<String> ask(ObjectNode spec) {
        List<String> names = new ArrayList<>();
        try {
            if (python == null) {
                python = Python.start(environment);
            }
            ObjectNode arguments = Python.object();
            arguments.set("spec", spec);
            for (JsonNode name : python.ask("kernels", arguments)) {
                names.add(name.asText());
            }
        } catch (BackendUnavailableException | IllegalStateException e) {
            // The names are a refinement: the exact tier tells a transform, too, though not by its name.
            e.printStackTrace(); // into the worker's log
            names.clear();
        }
        return names;
    }

    /** For a proof: the first of them. */
    static String describe(List<String> names) {
        if (names.isEmpty()) {
            return "kernels not shown by the profiler";
        }
        String first = String.join(", ", names.subList(0, Math.min(SHOWN, names.size())));
        return names.size() > SHOWN ? first + " and " + (names.size() - SHOWN) + " more" : first;
    }

    @Override
    public void close() {
        if (python != null) {
            python.close();
        }
    }
}
