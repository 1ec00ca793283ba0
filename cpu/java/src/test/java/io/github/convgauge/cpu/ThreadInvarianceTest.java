package io.github.convgauge.cpu;

import static org.junit.jupiter.api.Assertions.assertEquals;

import io.github.convgauge.backend.UnsupportedConvException;
import io.github.convgauge.conv.ConvProblem;
import io.github.convgauge.tensor.DType;
import io.github.convgauge.tensor.Tensor;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Real data, whose sums depend on their order: the same bits for every number of threads. */
class ThreadInvarianceTest {
    private static final long SEED = 42;

    @ParameterizedTest
    @ValueSource(strings = {
        "ic3ih1oc5kh1", // one place, fewer than threads
        "ic3ih1iw2oc5kh1",
        "ic67ih3iw4oc13kh2",
        "mb2ic11ih13iw17oc19kh5kw7sh2sw3ph3pw2dh1",
        "mb3ic8ih9iw11oc16kh3ph1", // 297 places: one over a block of rows
        "ic9ih17iw15oc130kh1", // 255 places, two blocks of columns
        "g3ic300ih5oc6kh3ph1", // several blocks of terms
    })
    void sameBits(String text) throws Exception {
        ConvProblem problem = ConvProblem.parse(text);
        try (CpuBackend backend = new CpuBackend()) {
            for (String algorithm : Rows.ALGORITHMS) {
                for (DType dtype : Rows.DTYPES) {
                    Tensor single;
                    try {
                        single = Rows.answer(backend, problem, dtype, algorithm, 1, SEED);
                    } catch (UnsupportedConvException e) {
                        continue;
                    }
                    for (int threads : new int[] {2, 3, 7}) {
                        Tensor shared = Rows.answer(backend, problem, dtype, algorithm, threads, SEED);
                        assertEquals(
                                -1, single.storage().mismatch(shared.storage()),
                                "first byte that %d threads change in %s of %s, %s, seed %d"
                                        .formatted(threads, algorithm, problem, dtype, SEED));
                    }
                }
            }
        }
    }
}
