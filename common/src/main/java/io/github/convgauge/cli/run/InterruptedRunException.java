package io.github.convgauge.cli.run;

/** The user interrupted the run. */
final class InterruptedRunException extends Exception {
    private static final long serialVersionUID = 1;
}
