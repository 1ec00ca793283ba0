package io.github.convgauge.cli.run;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.github.convgauge.conv.ConvProblem;
import io.github.convgauge.tensor.DType;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class KernelCacheTest {
    private static final ConvProblem PROBLEM = ConvProblem.parse("ic16ih14oc32kh3ph1n\"name\"");
    private static final KernelCache.Place PLACE = new KernelCache.Place(
            "opencl", "0123abcd", "Some board", Map.of("driver", "1.0"), Map.of("runtime", "5.2.0"));

    @TempDir
    private Path folder;

    private final List<String> warnings = new ArrayList<>();

    private KernelCache cache() {
        return new KernelCache(folder.resolve("new").resolve("kernels.json"), warnings::add);
    }

    private static KernelCache.Winner winner(String variant) {
        return new KernelCache.Winner(variant, false, 2e6, 1e6, 2, 55.5, 7, 9);
    }

    private static Optional<String> get(KernelCache cache, KernelCache.Place place, ConvProblem problem, DType dtype, String algorithm) {
        return cache.get(place, problem, dtype, algorithm).map(KernelCache.Winner::variant);
    }

    /** Everything that the speed hangs on is part of the key; the problem's name is not. */
    @Test
    void knowsExactlyWhatWasPut() throws IOException {
        cache().put(PLACE, PROBLEM, DType.F32, "direct", winner("lanes=4"));
        KernelCache cache = cache();
        assertEquals(Optional.of(winner("lanes=4")), cache.get(PLACE, PROBLEM, DType.F32, "direct"));
        assertEquals(Optional.of("lanes=4"), get(cache, PLACE, ConvProblem.parse("ic16ih14oc32kh3ph1n\"other\""), DType.F32, "direct"));
        assertEquals(Optional.empty(), get(cache, PLACE, ConvProblem.parse("ic16ih14oc32kh3"), DType.F32, "direct"));
        assertEquals(Optional.empty(), get(cache, PLACE, PROBLEM, DType.F64, "direct"));
        assertEquals(Optional.empty(), get(cache, PLACE, PROBLEM, DType.F32, "direct-blocked"));
        assertEquals(List.of(), warnings);
        for (KernelCache.Place other : List.of(
                new KernelCache.Place("opencl", "ffffffff", "Some board", PLACE.driver(), PLACE.versions()),
                new KernelCache.Place("opencl", "0123abcd", "Some board", Map.of("driver", "1.1"), PLACE.versions()),
                new KernelCache.Place("opencl", "0123abcd", "Some board", PLACE.driver(), Map.of("runtime", "5.3.0")))) {
            assertEquals(Optional.empty(), get(cache(), other, PROBLEM, DType.F32, "direct"), other.toString());
        }
        assertEquals(3, warnings.size(), warnings.toString());
        assertTrue(warnings.stream().allMatch(warning -> warning.contains(" is stale for opencl on Some board")), warnings.toString());
        warnings.clear();
        for (KernelCache.Place other : List.of(
                new KernelCache.Place("tornadovm", "0123abcd", "Some board", PLACE.driver(), PLACE.versions()),
                new KernelCache.Place("opencl", "0123abcd", "Other board", PLACE.driver(), PLACE.versions()))) {
            assertEquals(Optional.empty(), get(cache(), other, PROBLEM, DType.F32, "direct"), other.toString());
        }
        assertEquals(List.of(), warnings, "that another device or backend was tuned is no news");
        try (Stream<Path> left = Files.list(folder.resolve("new"))) {
            assertEquals(2, left.count(), "the file and its lock");
        }
    }

    /** Two programs that tune different things at once lose nothing of each other's. */
    @Test
    void othersEntriesStay() throws IOException {
        KernelCache one = cache();
        KernelCache two = cache();
        get(one, PLACE, PROBLEM, DType.F32, "a");
        two.put(PLACE, PROBLEM, DType.F32, "b", winner("lanes=1"));
        one.put(PLACE, PROBLEM, DType.F32, "a", winner("lanes=2"));
        two.put(PLACE, PROBLEM, DType.F64, "a", winner("lanes=8"));
        KernelCache all = cache();
        assertEquals(Optional.of("lanes=1"), get(all, PLACE, PROBLEM, DType.F32, "b"));
        assertEquals(Optional.of("lanes=2"), get(all, PLACE, PROBLEM, DType.F32, "a"));
        assertEquals(Optional.of("lanes=8"), get(all, PLACE, PROBLEM, DType.F64, "a"));
        assertEquals(List.of(), warnings);
    }

    /** It is left alone where it is only read, and moved aside where a winner is kept. */
    @ParameterizedTest
    @ValueSource(strings = {
        "", "{", "[]", "{\"machine\":{}}", "{\"kind\":\"convgauge device kernels\",\"format\":2,\"shelves\":[]}",
        "{\"kind\":\"convgauge device kernels\",\"format\":1,\"shelves\":[null]}",
        "{\"kind\":\"convgauge device kernels\",\"format\":1,\"shelves\":[{\"place\":null,\"winners\":{}}]}"})
    void aFileThatIsNoneOfOursIsIgnoredAndSetAside(String content) throws IOException {
        Path file = Files.createDirectories(folder.resolve("new")).resolve("kernels.json");
        Files.writeString(file, content);
        KernelCache cache = cache();
        assertEquals(Optional.empty(), get(cache, PLACE, PROBLEM, DType.F32, "a"));
        assertEquals(1, warnings.size(), warnings.toString());
        assertTrue(warnings.getFirst().startsWith("convgauge: " + file + " ") && warnings.getFirst().endsWith("; it is ignored"), warnings.toString());
        assertEquals(content, Files.readString(file));
        cache.put(PLACE, PROBLEM, DType.F32, "a", winner("lanes=2"));
        assertEquals(Optional.of("lanes=2"), get(cache(), PLACE, PROBLEM, DType.F32, "a"));
        assertEquals(content, Files.readString(file.resolveSibling("kernels.json.ignored")));
    }

    @Test
    void aFolderThatCannotBeReadIsAWarning() throws IOException {
        Files.createDirectories(folder.resolve("new").resolve("kernels.json"));
        KernelCache cache = cache();
        assertEquals(Optional.empty(), get(cache, PLACE, PROBLEM, DType.F32, "a"));
        assertEquals(Optional.empty(), get(cache, PLACE, PROBLEM, DType.F32, "b"));
        assertEquals(1, warnings.size(), warnings.toString());
        assertTrue(warnings.getFirst().contains("cannot be read"), warnings.toString());
    }

    /** Those that differ least from the best are tried next. */
    @Test
    void variantsDifferByTheirWords() {
        assertEquals(0, VariantSearch.differences("lanes=4 group=1x8", "lanes=4 group=1x8"));
        assertEquals(1, VariantSearch.differences("lanes=4 group=1x8", "lanes=4 group=1x4"));
        assertEquals(2, VariantSearch.differences("lanes=4 group=1x8", "lanes=8 group=1x4"));
        assertFalse(VariantSearch.differences("a=1", "") == 0);
    }
}
