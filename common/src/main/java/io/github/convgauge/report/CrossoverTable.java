package io.github.convgauge.report;

import io.github.convgauge.check.Status;
import java.util.ArrayList;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Set;

/** What {@code convgauge crossover} found, as tables for a terminal with the definitions below them. */
public final class CrossoverTable {
    private static final List<String> DEFINITIONS = List.of(
            "overtakes the CPU: the smallest batch that was measured from which on the device is faster than the CPU's best at every"
                    + " one measured; faster is a 95 % interval of the median wholly below the other one, within noise two that overlap.",
            "CPU's best: the fastest row on the host that passed, weights laid out at each call or before (eager or prepared), but"
                    + " for end_to_end, where the weights are new each time, eager only.",
            "device/CPU: the device's median over the CPU's; below 1x the device is faster.",
            "paid back after: executions after which the device has made up for what its first execution took beyond a steady one,"
                    + " less the same of the CPU; in brackets at the ends of the intervals. A first execution is one sample, in a fresh process.",
            "with laying out: the same with what was done before the first execution, where OpenCL compiles.");
    private static final List<String> DISPATCH_DEFINITIONS = List.of(
            "together: so many convolutions in one graph or submission, and one wait; apart: one each, waited for. Nothing moves, every output is checked.",
            "dispatch: apart less together, for one convolution; in brackets at the far ends of the 95 % intervals. Where they hold 0 there is no difference to tell.");

    private CrossoverTable() {}

    /** @param notes what to say of the whole, below the definitions */
    public static String of(
            String problem, List<CrossoverLine.Overtaking> overtakings, List<CrossoverLine.Dispatch> dispatches, List<String> notes) {
        StringBuilder text = new StringBuilder();
        text.append("crossover of ").append(problem).append('\n');
        if (!overtakings.isEmpty()) {
            text.append(overtakings(overtakings)).append('\n');
            DEFINITIONS.forEach(line -> text.append(line).append('\n'));
            appendUnsettled(text, overtakings);
            appendRemarks(text, overtakings);
        }
        if (!dispatches.isEmpty()) {
            text.append("dispatch of ").append(problem).append(", time per convolution\n");
            text.append(dispatches(dispatches)).append('\n');
            DISPATCH_DEFINITIONS.forEach(line -> text.append(line).append('\n'));
            appendTroubles(text, dispatches);
        }
        notes.forEach(note -> text.append(note).append('\n'));
        return text.toString();
    }

    private static String overtakings(List<CrossoverLine.Overtaking> lines) {
        TextTable table = new TextTable().text("backend").text("device").text("regime").text("dtype").text("overtakes the CPU")
                .number("at batch").text("CPU's best").number("its time").text("device's best").number("its time")
                .number("device/CPU").number("paid back after").number("with laying out");
        for (CrossoverLine.Overtaking line : lines) {
            String device = ResultTable.shortened(line.device());
            List<CrossoverLine.Point> points = new ArrayList<>();
            if (line.named() != null) {
                points.add(line.named());
            }
            if (line.at(line.largest()) != null && !points.contains(line.at(line.largest()))) {
                points.add(line.at(line.largest()));
            }
            if (points.isEmpty()) {
                table.row(line.backend(), device, line.regime(), line.dtype(), line.text(), "-", "-", "-", "-", "-", "-", "-", "-");
            }
            for (int i = 0; i < points.size(); i++) {
                CrossoverLine.Point point = points.get(i);
                table.row(
                        i == 0 ? line.backend() : "", i == 0 ? device : "", i == 0 ? line.regime() : "",
                        i == 0 ? line.dtype() : "", i == 0 ? line.text() : "",
                        Integer.toString(point.batch()), name(point.cpu()), time(point.cpu()), name(point.device()),
                        time(point.device()), Units.digits(point.ratio()) + "x", text(point.paidBack()),
                        text(point.paidBackWithPreparing()));
            }
        }
        return table.toString();
    }

    private static String name(CrossoverLine.Side side) {
        return "%s %s %s".formatted(side.backend(), side.algorithm(), side.regime());
    }

    private static String time(CrossoverLine.Side side) {
        double half = (side.ci95Ns()[1] - side.ci95Ns()[0]) / 2;
        return "%s%s ±%s %%".formatted(
                side.settled() ? "" : "~", Units.time(side.medianNs()), Units.digits(100 * half / side.medianNs()));
    }

    private static String text(CrossoverLine.PaidBack paidBack) {
        return paidBack == null ? "-" : paidBack.text();
    }

    private static void appendUnsettled(StringBuilder text, List<CrossoverLine.Overtaking> lines) {
        if (lines.stream().flatMap(line -> line.points().stream()).anyMatch(point -> !point.cpu().settled() || !point.device().settled())) {
            text.append("~ the warm-up never settled: the medians of two successive halves still differed by more than 5 %\n");
        }
    }

    private static void appendRemarks(StringBuilder text, List<CrossoverLine.Overtaking> lines) {
        Set<String> troubles = new LinkedHashSet<>();
        for (CrossoverLine.Overtaking line : lines) {
            troubles.addAll(line.troubles());
        }
        troubles.forEach(trouble -> text.append(trouble).append('\n'));
        for (CrossoverLine.Overtaking line : lines) {
            String what = "%s %s %s on %s".formatted(line.backend(), line.regime(), line.dtype(), line.device());
            line.remarks().forEach(remark -> text.append(what).append(": ").append(remark).append('\n'));
            if (line.directly() != null) {
                text.append(what).append(": measured directly by\n    ").append(line.directly()).append('\n');
            }
        }
    }

    private static String dispatches(List<CrossoverLine.Dispatch> lines) {
        TextTable table = new TextTable().text("backend").text("device").text("algorithm").text("dtype").number("convolutions")
                .number("together").number("apart").number("dispatch").text("status");
        for (CrossoverLine.Dispatch line : lines) {
            table.row(
                    line.backend(), ResultTable.shortened(line.device()), line.algorithm(), line.dtype(),
                    Integer.toString(line.count()), time(line.together()), time(line.apart()), dispatch(line), status(line));
        }
        return table.toString();
    }

    private static String time(CrossoverLine.Submitted submitted) {
        return submitted.medianNs() == null ? "-" : Units.time(submitted.medianNs());
    }

    private static String dispatch(CrossoverLine.Dispatch line) {
        return line.dispatchNs() == null
                ? "-"
                : "%s (%s to %s)".formatted(
                        signed(line.dispatchNs()), signed(line.dispatchRangeNs()[0]), signed(line.dispatchRangeNs()[1]));
    }

    private static String signed(double nanos) {
        return nanos < 0 ? "-" + Units.time(-nanos) : Units.time(nanos);
    }

    private static String status(CrossoverLine.Dispatch line) {
        return line.together().status() == line.apart().status()
                ? line.together().status().name()
                : "%s, %s".formatted(line.together().status(), line.apart().status());
    }

    private static void appendTroubles(StringBuilder text, List<CrossoverLine.Dispatch> lines) {
        for (CrossoverLine.Dispatch line : lines) {
            appendTrouble(text, line, "together", line.together());
            appendTrouble(text, line, "apart", line.apart());
        }
    }

    private static void appendTrouble(
            StringBuilder text, CrossoverLine.Dispatch line, String grouping, CrossoverLine.Submitted submitted) {
        if (submitted.reason() != null) {
            text.append("%s %s %s on %s, %d %s: %s%s\n".formatted(
                    line.backend(), line.algorithm(), line.dtype(), line.device(), line.count(), grouping,
                    submitted.status() == Status.PASSED ? "" : submitted.status() + ": ", submitted.reason()));
        }
    }
}
