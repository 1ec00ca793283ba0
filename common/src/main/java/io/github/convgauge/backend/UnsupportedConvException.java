package io.github.convgauge.backend;

/** This algorithm, device or regime does not do this problem or dtype. The message says why. */
public final class UnsupportedConvException extends Exception {
    private static final long serialVersionUID = 1;

    /** @param reason one sentence, without a full stop */
    public UnsupportedConvException(String reason) {
        super(reason);
    }
}
