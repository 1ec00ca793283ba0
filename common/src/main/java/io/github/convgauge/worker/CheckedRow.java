package io.github.convgauge.worker;

import io.github.convgauge.backend.Algorithm;
import io.github.convgauge.backend.Backend;
import io.github.convgauge.backend.ConvSpec;
import io.github.convgauge.backend.PreparedConv;
import io.github.convgauge.backend.UnsupportedConvException;
import io.github.convgauge.check.Agreement;
import io.github.convgauge.check.Checker;
import io.github.convgauge.check.Comparison;
import io.github.convgauge.check.Fill;
import io.github.convgauge.check.Mismatch;
import io.github.convgauge.check.Operands;
import io.github.convgauge.check.Reference;
import io.github.convgauge.check.Status;
import io.github.convgauge.tensor.Npy;
import io.github.convgauge.tensor.Tensor;
import java.io.IOException;
import java.lang.foreign.Arena;
import java.nio.file.Path;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.Arrays;
import java.util.Optional;

/** One row in its worker: the prepared convolution, and the tiers that its answers have to pass. */
final class CheckedRow {
    private final Backend backend;
    private final ConvSpec spec;
    private final Algorithm algorithm;
    private final DataSource data;
    private final Operands operands;
    private final Tensor y;
    private final PreparedConv conv;
    private final Checker checker;
    private byte[] checkedBits;

    /** Lays the row out, which is what may be refused. */
    CheckedRow(Backend backend, ConvSpec spec, Algorithm algorithm, DataSource data, Operands operands)
            throws UnsupportedConvException {
        this.backend = backend;
        this.spec = spec;
        this.algorithm = algorithm;
        this.data = data;
        this.operands = operands;
        this.y = Tensor.allocate(spec.dtype(), spec.problem().ySizes());
        this.conv = backend.prepare(spec, operands.x(), operands.w(), y);
        this.checker = new Checker(spec.problem(), spec.dtype(), algorithm.ownLaw());
    }

    int threads() {
        return spec.threads();
    }

    PreparedConv conv() {
        return conv;
    }

    /**
     * The first execution, timed alone, and then the tiers. The row's own data go first, because the
     * first execution must meet them; the verdict names the first tier that failed, in the order
     * exact, bound, repeat. An answer that passed them may still be somebody else's, so the device
     * then has to prove that it is its own.
     */
    Reply.Checked check(Request.Check request) throws IOException, UnsupportedConvException {
        Checker.markUnwritten(y);
        conv.uploadOutput();
        long start = System.nanoTime();
        conv.execute();
        long firstNanos = System.nanoTime() - start;
        Tensor output = conv.output();
        checkedBits = digest(output);
        Comparison bound = compare(request, output);
        double toYardstick = Double.NaN;
        if (request.keepOutput() != null) {
            RawOutput.write(Path.of(request.keepOutput()), output);
        }
        if (request.yardstickOutput() != null) {
            toYardstick = RawOutput.distance(Path.of(request.yardstickOutput()), output);
        }
        if (request.save() != null) {
            Npy.write(Path.of(request.save()), data.order().store(output));
        }

        Optional<Comparison> exact = exactTier(request);
        if (exact.isPresent() && exact.get().wrong() > 0) {
            return failed(firstNanos, "exact", exact.get(), toYardstick, describe(exact.get()));
        }
        if (bound.wrong() > 0) {
            return failed(firstNanos, "bound", bound, toYardstick, describe(bound));
        }
        if (!givesTheSameAgain()) {
            return failed(firstNanos, "repeat", bound, toYardstick, "a second execution gave other bits");
        }
        Optional<String> distrust = operands.distrust()
                .or(bound::distrust)
                .or(() -> exact.flatMap(Comparison::distrust));
        return new Reply.Checked(
                firstNanos,
                distrust.isPresent() ? Status.MISTRUSTED : Status.PASSED,
                distrust.orElse(null),
                Agreement.of("repeat", bound, toYardstick),
                conv.proof().orElse(null));
    }

    private static Reply.Checked failed(
            long firstNanos, String tier, Comparison comparison, double toYardstick, String reason) {
        return new Reply.Checked(
                firstNanos, Status.FAILED, tier + " tier: " + reason, Agreement.of(tier, comparison, toYardstick), null);
    }

    private String describe(Comparison comparison) {
        StringBuilder text = new StringBuilder();
        text.append(comparison.wrong()).append(" of ").append(y.size()).append(" outputs are wrong");
        if (comparison.unwritten() > 0) {
            text.append(", ").append(comparison.unwritten()).append(" were never written");
        }
        for (Mismatch mismatch : comparison.firstWrong()) {
            text.append("; ").append(mismatch);
        }
        return text.toString();
    }

    /** Integer data of the user's choice must agree to the last bit, too. */
    private Comparison compare(Request.Check request, Tensor output) throws IOException {
        boolean integers = data.xFile() == null
                && Fill.ofLabel(data.fill()) == Fill.INTEGER
                && algorithm.exactOnIntegers();
        try (Arena arena = Arena.ofConfined()) {
            Reference reference = ReferenceFile.open(Path.of(request.reference()), spec.problem(), arena);
            return integers
                    ? checker.compareExactly(operands, output, reference)
                    : checker.compareWithinBound(operands, output, reference);
        }
    }

    private Optional<Comparison> exactTier(Request.Check request) throws IOException, UnsupportedConvException {
        if (request.exactReference() == null || !algorithm.exactOnIntegers()) {
            return Optional.empty();
        }
        Operands integers = Fill.INTEGER.operands(spec.problem(), spec.dtype(), request.exactSeed());
        Tensor answer = Tensor.allocate(spec.dtype(), spec.problem().ySizes());
        Checker.markUnwritten(answer);
        try (Arena arena = Arena.ofConfined();
                PreparedConv exact = backend.prepare(spec, integers.x(), integers.w(), answer)) {
            Reference reference = ReferenceFile.open(Path.of(request.exactReference()), spec.problem(), arena);
            exact.uploadOutput();
            exact.execute();
            return Optional.of(checker.compareExactly(integers, exact.output(), reference));
        }
    }

    /** Executes again, and says whether the output has the bits of the one that was checked. */
    boolean givesTheSameAgain() {
        Checker.markUnwritten(y);
        conv.uploadOutput();
        conv.execute();
        return Arrays.equals(checkedBits, digest(conv.output()));
    }

    private static byte[] digest(Tensor tensor) {
        try {
            MessageDigest digest = MessageDigest.getInstance("SHA-256");
            RawOutput.buffers(tensor.contiguous()).forEach(digest::update);
            return digest.digest();
        } catch (NoSuchAlgorithmException e) {
            throw new IllegalStateException("every Java platform has SHA-256", e);
        }
    }
}
