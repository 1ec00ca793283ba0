package io.github.convgauge.check;

/** What became of one row. */
public enum Status {
    /** Every element is inside its bound. */
    PASSED,
    /** Some element is not. */
    FAILED,
    /** It would pass, but the data could not tell. */
    MISTRUSTED,
    /** The runtime ran something else than was asked. */
    FELL_BACK,
    /** This algorithm or device does not do this problem or dtype. */
    UNSUPPORTED,
    /** The worker died or overran its time. */
    CRASHED,
    /** The backend is not on this machine. */
    UNAVAILABLE;

    /** Whether the run as a whole fails because of this row, whatever the user asked for. */
    public boolean alwaysFailsTheRun() {
        return switch (this) {
            case FAILED, FELL_BACK, CRASHED, MISTRUSTED -> true;
            case PASSED, UNSUPPORTED, UNAVAILABLE -> false;
        };
    }
}
