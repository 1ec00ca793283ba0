package io.github.convgauge.cli.run;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.json.JsonMapper;
import io.github.convgauge.backend.Output;
import io.github.convgauge.backend.Regime;
import io.github.convgauge.measure.Environment;
import io.github.convgauge.measure.HostName;
import io.github.convgauge.tensor.DType;
import io.github.convgauge.worker.BackendFolder;
import java.io.IOException;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.stream.Collectors;

/**
 * What a sweep is of, what was built and which machine measures: whoever goes on with a sweep must be the same in all of it, or its rows would
 * not belong together. How long it may take and how many jobs check answers is not part of it.
 */
final class SweepDefinition {
    private static final String PROBLEMS = "problems";

    private SweepDefinition() {}

    /** For the first line of the journal. */
    static JsonNode of(Plan plan, Shard shard, Environment environment) {
        Map<String, Object> all = new LinkedHashMap<>();
        all.put(PROBLEMS, plan.problems().stream().map(Object::toString).toList());
        all.put("--dtype", plan.dtypes().stream().map(DType::label).collect(Collectors.joining(",")));
        all.put("--algorithm", plan.algorithm().pattern());
        all.put("--backend", String.join(",", plan.askedBackends()));
        all.put("--device", plan.devices().toString());
        all.put("--regime", plan.regimes().stream().map(Regime::label).collect(Collectors.joining(",")));
        all.put("--output", plan.outputs().stream().map(Output::label).collect(Collectors.joining(",")));
        all.put("--threads", plan.threads().stream().map(Object::toString).collect(Collectors.joining(",")));
        all.put("--cache", plan.caches().stream().map(CacheState::label).collect(Collectors.joining(",")));
        all.put("--fill", plan.data().fill());
        all.put("--seed", plan.data().seed());
        all.put("--quick", plan.quick());
        all.put("--check-only", plan.checkOnly());
        all.put("--variant", plan.variants().asked().orElse(""));
        all.put("--tuning-cache", plan.variants().cache().map(cache -> cache.file().toAbsolutePath().toString()).orElse(""));
        all.put("--shard", shard.toString());
        all.put("revision", environment.gitRevision());
        all.put("changes since that revision", environment.gitDirty().map(Object::toString).orElse("unknown"));
        all.put("version", environment.version());
        for (BackendFolder backend : plan.allBackends()) {
            all.put("build of " + backend.name(), code(backend));
        }
        all.put("Java", System.getProperty("java.vm.version"));
        all.put("host", HostName.get());
        all.put("processor", environment.cpu());
        all.put("cores", "%d of %d".formatted(environment.availableCores(), environment.logicalCores()));
        all.put("memory", environment.memoryTotalBytes());
        all.put("system", environment.os() + ", " + environment.kernel());
        return JsonMapper.builder().build().valueToTree(all);
    }

    private static String code(BackendFolder backend) {
        try {
            return backend.code();
        } catch (IOException e) {
            return "unreadable"; // its rows say what is wrong with it
        }
    }

    /** The first thing in which two are not the same, in words. */
    static Optional<String> difference(JsonNode begun, JsonNode now) {
        Set<String> keys = now.propertyStream().map(Map.Entry::getKey).collect(Collectors.toCollection(LinkedHashSet::new));
        begun.propertyStream().map(Map.Entry::getKey).forEach(keys::add);
        return keys.stream()
                .filter(key -> !text(begun, key).equals(text(now, key)))
                .findFirst()
                .map(key -> key.equals(PROBLEMS)
                        ? "other problems"
                        : "%s %s and not %s".formatted(key, shown(text(begun, key)), shown(text(now, key))));
    }

    private static String text(JsonNode definition, String key) {
        JsonNode value = definition.path(key);
        return value.isValueNode() ? value.asText() : value.toString();
    }

    private static String shown(String text) {
        return text.isEmpty() ? "left out" : text;
    }
}
