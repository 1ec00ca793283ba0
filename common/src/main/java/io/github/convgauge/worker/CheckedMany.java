package io.github.convgauge.worker;

import io.github.convgauge.backend.Algorithm;
import io.github.convgauge.backend.Backend;
import io.github.convgauge.backend.ConvSpec;
import io.github.convgauge.backend.Grouping;
import io.github.convgauge.backend.PreparedMany;
import io.github.convgauge.backend.UnsupportedConvException;
import io.github.convgauge.check.Agreement;
import io.github.convgauge.check.Checker;
import io.github.convgauge.check.Comparison;
import io.github.convgauge.check.Fill;
import io.github.convgauge.check.Operands;
import io.github.convgauge.check.Reference;
import io.github.convgauge.check.Status;
import io.github.convgauge.tensor.Tensor;
import java.io.IOException;
import java.lang.foreign.Arena;
import java.nio.file.Path;
import java.util.List;
import java.util.Optional;
import java.util.stream.IntStream;

/**
 * Many convolutions in their worker. They compute on small integers, so that each of their outputs must
 * be equal to the reference: the last one alone would hide that the others were never computed.
 */
final class CheckedMany {
    private final ConvSpec spec;
    private final Operands integers;
    private final List<Tensor> ys;
    private final PreparedMany many;
    private final Checker checker;

    /** Lays them out, which is what may be refused. */
    CheckedMany(Backend backend, ConvSpec spec, Algorithm algorithm, int count, Grouping grouping, long seed)
            throws UnsupportedConvException {
        if (!algorithm.exactOnIntegers()) {
            throw new UnsupportedConvException(
                    "its answers on integers are not exact, and many convolutions are checked in the exact tier only");
        }
        this.spec = spec;
        this.integers = Fill.INTEGER.operands(spec.problem(), spec.dtype(), seed);
        this.ys = IntStream.range(0, count).mapToObj(i -> Tensor.allocate(spec.dtype(), spec.problem().ySizes())).toList();
        this.many = backend.prepareMany(spec, grouping, integers.x(), integers.w(), ys)
                .orElseThrow(() -> new UnsupportedConvException("the backend cannot submit many convolutions at once"));
        this.checker = new Checker(spec.problem(), spec.dtype(), Optional.empty());
    }

    PreparedMany many() {
        return many;
    }

    /** One execution of all of them, timed, and the exact tier of every output; then the proof. */
    Reply.Checked check(Request.CheckMany request) throws IOException {
        ys.forEach(Checker::markUnwritten);
        many.uploadOutputs();
        long start = System.nanoTime();
        many.execute();
        long nanos = System.nanoTime() - start;
        List<Tensor> outputs = many.outputs();
        if (outputs.size() != ys.size()) {
            throw new IllegalStateException("%d convolutions gave %d outputs".formatted(ys.size(), outputs.size()));
        }
        Optional<String> distrust = Optional.empty();
        try (Arena arena = Arena.ofConfined()) {
            Reference reference = ReferenceFile.open(Path.of(request.exactReference()), spec.problem(), arena);
            for (int i = 0; i < outputs.size(); i++) {
                Comparison comparison = checker.compareExactly(integers, outputs.get(i), reference);
                if (comparison.wrong() > 0) {
                    return new Reply.Checked(
                            nanos, Status.FAILED,
                            "exact tier: convolution %d of %d has %d wrong outputs, %d of which were never written; %s".formatted(
                                    i + 1, outputs.size(), comparison.wrong(), comparison.unwritten(),
                                    comparison.firstWrong().getFirst()),
                            Agreement.of("exact", comparison, Double.NaN), null);
                }
                distrust = distrust.or(comparison::distrust);
            }
        }
        return new Reply.Checked(
                nanos, distrust.isPresent() ? Status.MISTRUSTED : Status.PASSED, distrust.orElse(null), null,
                many.proof().orElse(null));
    }
}
