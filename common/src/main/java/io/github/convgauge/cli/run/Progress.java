package io.github.convgauge.cli.run;

import java.io.PrintStream;
import me.tongfei.progressbar.DelegatingProgressBarConsumer;
import me.tongfei.progressbar.ProgressBar;
import me.tongfei.progressbar.ProgressBarBuilder;
import me.tongfei.progressbar.ProgressBarStyle;

/** One line on standard error that says how far the run is; plain lines where nobody watches a terminal. */
final class Progress implements AutoCloseable {
    /** Columns; every terminal has them. */
    private static final int WIDTH = 79;

    private final PrintStream err;
    private final ProgressBar bar;
    private final boolean timeLeft;
    private final long start = System.nanoTime();
    private long known;
    private long done;

    Progress(PrintStream err) {
        this(err, false);
    }

    /** @param timeLeft whether plain lines say how long it will take, as the bar does */
    Progress(PrintStream err, boolean timeLeft) {
        this.err = err;
        this.timeLeft = timeLeft;
        boolean terminal = System.console() != null && System.console().isTerminal() && System.getenv("CI") == null;
        // The library's own consumer asks JLine for the terminal's width, and JLine takes SIGINT over:
        // Ctrl-C would then end the process at once, without the table and without its shutdown hooks.
        bar = terminal
                ? new ProgressBarBuilder()
                        .setConsumer(new DelegatingProgressBarConsumer(line -> err.print("\r" + line), WIDTH))
                        .setTaskName("convgauge")
                        .setInitialMax(0)
                        .setStyle(ProgressBarStyle.ASCII)
                        .setUpdateIntervalMillis(200)
                        .build()
                : null;
    }

    /** A new stage: one problem, dtype and thread count. */
    synchronized void stage(String what) {
        if (bar == null) {
            err.println(timeLeft && done > 0 ? "%s; %d of about %d steps done, about %s left".formatted(what, done, known, left()) : what);
        }
    }

    /** As if every step took the same, which is how the bar counts, too. */
    private String left() {
        long seconds = Math.round((System.nanoTime() - start) / 1e9 / done * Math.max(0, known - done));
        return "%d:%02d:%02d".formatted(seconds / 3600, seconds / 60 % 60, seconds % 60);
    }

    /** More or fewer steps than was known. */
    synchronized void addSteps(long steps) {
        known += steps;
        if (bar != null) {
            bar.maxHint(bar.getMax() + steps);
        }
    }

    /** What is going on now; no step is done yet. */
    synchronized void note(String what) {
        if (bar != null) {
            bar.setExtraMessage(what);
        }
    }

    /** One step done. */
    synchronized void step(String what) {
        done++;
        if (bar != null) {
            bar.setExtraMessage(what);
            bar.step();
        }
    }

    @Override
    public void close() {
        if (bar != null) {
            bar.close();
            err.print("\r" + " ".repeat(WIDTH) + "\r"); // the table takes its place
        }
    }
}
