package io.github.convgauge.report.html;

/** Why a row must not be compared with most others of its report. */
enum Mark {
    /** Other sources than most rows, or sources that no revision names. */
    REVISION,
    /** Other data than most rows. */
    SEED,
    /** Another Java virtual machine than most rows. */
    JDK,
    /** Something else kept the machine busy. */
    BUSY
}
