package io.github.convgauge.backend;

/** The backend cannot work on this machine. */
public final class BackendUnavailableException extends Exception {
    private static final long serialVersionUID = 1;

    private final String mend;

    /**
     * @param reason what is missing, one sentence without a full stop
     * @param mend what would make it work
     */
    public BackendUnavailableException(String reason, String mend, Throwable cause) {
        super(reason, cause);
        this.mend = mend;
    }

    public String mend() {
        return mend;
    }
}
