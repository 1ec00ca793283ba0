package io.github.convgauge.cli.run;

import io.github.convgauge.backend.ConvSpec;
import io.github.convgauge.conv.ConvProblem;
import io.github.convgauge.tensor.DType;
import io.github.convgauge.worker.Reply;
import java.io.IOException;
import java.util.HashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;

/** Which variant each row of a run gets: the one that the user names, else the one that the tuning cache knows, else the default. */
final class VariantChoice {
    /** Who chose a variant. */
    enum Source {
        /** The backend. */
        DEFAULT,
        /** The tuning cache, which may say that the default is best. */
        TUNED,
        /** The user. */
        ASKED;

        /** The name in result lines: {@code tuned}. */
        String label() {
            return name().toLowerCase(Locale.ROOT);
        }
    }

    /** @param variant {@link ConvSpec#DEFAULT_VARIANT} for the backend's own */
    record Choice(String variant, Source source) {
        static final Choice DEFAULT = new Choice(ConvSpec.DEFAULT_VARIANT, Source.DEFAULT);
    }

    /** Of a device's facts, those that tell one installation from another; free memory, say, does not. */
    private static final List<String> FACTS = List.of("platform", "driver", "compute units");

    private final Optional<String> asked;
    private final Optional<KernelCache> cache;
    private final Map<String, String> codes = new HashMap<>();

    /**
     * @param asked for all rows
     * @param cache empty to leave it out
     */
    VariantChoice(Optional<String> asked, Optional<KernelCache> cache) {
        this.asked = asked;
        this.cache = cache;
    }

    Optional<String> asked() {
        return asked;
    }

    Optional<KernelCache> cache() {
        return cache;
    }

    /** @param deviceName as people know it */
    Choice of(Team team, Reply.DeviceInfo device, String deviceName, ConvProblem problem, DType dtype, String algorithm)
            throws IOException {
        if (asked.isPresent()) {
            return new Choice(asked.get(), Source.ASKED);
        }
        if (cache.isEmpty()) {
            return Choice.DEFAULT;
        }
        return cache.get().get(place(team, device, deviceName), problem, dtype, algorithm)
                .map(winner -> new Choice(winner.isDefault() ? ConvSpec.DEFAULT_VARIANT : winner.variant(), Source.TUNED))
                .orElse(Choice.DEFAULT);
    }

    /** Where a team's device stands, for the cache. */
    KernelCache.Place place(Team team, Reply.DeviceInfo device, String deviceName) throws IOException {
        String backend = team.backend().name();
        if (!codes.containsKey(backend)) {
            codes.put(backend, team.backend().code());
        }
        Map<String, String> driver = new TreeMap<>(device.facts());
        driver.keySet().retainAll(FACTS);
        return new KernelCache.Place(backend, codes.get(backend), deviceName, driver, team.welcome().versions());
    }
}
