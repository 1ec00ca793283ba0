package io.github.convgauge.opencl;

import io.github.convgauge.backend.Algorithm;
import io.github.convgauge.backend.Backend;
import io.github.convgauge.backend.Device;
import io.github.convgauge.backend.Regime;
import io.github.convgauge.check.BackendContract;
import io.github.convgauge.cl.RequiresOpenCl;
import io.github.convgauge.conv.AwkwardProblems;
import io.github.convgauge.conv.ConvProblem;
import io.github.convgauge.tensor.DType;
import java.util.ArrayList;
import java.util.List;

/**
 * Each problem is a compilation of a tenth of a second and more, so only resident f32 gets them all; the
 * other regimes run the same kernels between other transfers, and f64 the same source.
 */
@RequiresOpenCl
class OpenClBackendContractTest extends BackendContract {
    @Override
    protected boolean submitsMany() {
        return true;
    }

    @Override
    protected Backend newBackend() {
        return new OpenClBackend();
    }

    /** What is made for GPUs is right on a processor, too. */
    @Override
    protected boolean isTested(Algorithm algorithm, Device device) {
        return true;
    }

    /** What a driver does with threads is not a row's business. */
    @Override
    protected List<Integer> threadCounts() {
        return List.of(2);
    }

    @Override
    protected List<ConvProblem> exactProblems(Algorithm algorithm, Regime regime, DType dtype) {
        if (regime != Regime.RESIDENT || (algorithm.name().equals("implicit-gemm") && dtype != DType.F32)) {
            return few();
        }
        boolean f32 = dtype == DType.F32;
        List<ConvProblem> problems = new ArrayList<>(sample(f32 ? 16 : 8));
        problems.addAll(f32 ? AwkwardProblems.special() : few());
        // Only these two compute more than one output a work item in vectors.
        if (algorithm.name().equals("direct-blocked")) {
            problems.addAll(blocks(f32 ? 1 : 3));
        } else if (algorithm.name().equals("im2col+gemm")) {
            problems.addAll(blocks(f32 ? 2 : 5));
        }
        return problems;
    }

    @Override
    protected List<ConvProblem> boundProblems(Algorithm algorithm, Regime regime, DType dtype) {
        return regime == Regime.RESIDENT && dtype == DType.F32 ? AwkwardProblems.special() : few();
    }

    /** Of each variant a compilation: one problem for each dtype, with a remainder in every block. */
    @Override
    protected List<ConvProblem> variantProblems(Algorithm algorithm, DType dtype) {
        return List.of(ConvProblem.parse(dtype == DType.F32 ? "mb2ic3ih4iw5oc17kh3ph1" : "g2mb2ic6ih5iw7oc10kh2kw3sw2dh1ph1"));
    }

    /** One of each kind: a remainder in every block, four paddings, groups, a 1x1 with a stride. */
    private static List<ConvProblem> few() {
        return AwkwardProblems.special().stream()
                .filter(problem -> List.of("over", "lopsided", "groups", "res-branch1", "notebook").contains(problem.name()))
                .toList();
    }

    /** An even part of the grid, shifted a little each time, or every one would have the same channels. */
    private static List<ConvProblem> sample(int count) {
        List<ConvProblem> grid = AwkwardProblems.grid();
        List<ConvProblem> part = new ArrayList<>();
        for (int i = 0; i < count; i++) {
            part.add(grid.get((int) ((long) i * grid.size() / count) + i % 5));
        }
        return part;
    }

    /** Every other one has padding, which keeps ow. */
    private static ConvProblem block(int oc, int ow) {
        return ConvProblem.parse((oc + ow) % 2 == 0
                ? "mb2ic3ih3iw%doc%dkh3kw3ph1pw1".formatted(ow, oc)
                : "mb2ic3ih4iw%doc%dkh2kw3".formatted(ow + 2, oc));
    }

    /** One under, at and over the lanes of a vector and the pixels of a tile, every so many of them, and what else hurts. */
    private static List<ConvProblem> blocks(int step) {
        List<ConvProblem> all = new ArrayList<>();
        for (int oc : new int[] {1, 15, 16, 17}) {
            for (int ow : new int[] {1, 7, 13, 15}) {
                all.add(block(oc, ow));
            }
        }
        all.addAll(List.of(
                block(2, 16), block(4, 9), block(5, 8), block(8, 29), block(33, 14), block(40, 15), block(48, 9), block(49, 10),
                block(64, 7), block(65, 8)));
        List<ConvProblem> part = new ArrayList<>();
        for (int i = 0; i < all.size(); i += step) {
            part.add(all.get(i));
        }
        for (String text : List.of(
                // A last tile that only dilation, or only the stride, takes beyond x.
                "mb2ic3ih5iw20oc17kh3dh1ph2",
                "mb2ic3ih5iw31oc16kh2kw3sw2dw2pw2",
                // Several pixels of a tile outside x at once: left, right, both, all, and too many cases to tell apart.
                "mb2ic3ih9iw30oc20kh7sh2ph3",
                "ic2ih5iw20oc17kh1kw5dw3pw6",
                "mb2ic3ih5iw9oc33kh3kw5pw4",
                "ic2ih3iw3oc17kh3kw5ph2pw4",
                "ic3ih4iw1oc16kh1kw7pw3",
                "ic2ih3iw33oc40kh2kw3sw3pw2",
                // Groups of several vectors, packed and in place.
                "g2mb2ic6ih5iw7oc34kh3",
                "g3ic6ih5iw7oc96kh3ph1",
                // Depthwise, whose vectors lie across groups, with and without a remainder.
                "g3mb2ic3ih6iw7oc3kh3sh2ph1",
                "g6mb2ic6ih6iw7oc6kh3sh2ph1",
                "g48mb2ic48ih6iw7oc48kh3sh2ph1")) {
            part.add(ConvProblem.parse(text));
        }
        return part;
    }
}
