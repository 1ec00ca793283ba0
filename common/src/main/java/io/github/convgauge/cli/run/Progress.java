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

    Progress(PrintStream err) {
        this.err = err;
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
    void stage(String what) {
        if (bar == null) {
            err.println(what);
        }
    }

    /** More or fewer steps than was known. */
    void addSteps(long steps) {
        if (bar != null) {
            bar.maxHint(bar.getMax() + steps);
        }
    }

    /** What is going on now; no step is done yet. */
    void note(String what) {
        if (bar != null) {
            bar.setExtraMessage(what);
        }
    }

    /** One step done. */
    void step(String what) {
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
