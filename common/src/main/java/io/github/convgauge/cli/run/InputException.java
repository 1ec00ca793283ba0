package io.github.convgauge.cli.run;

/** Something that the user gave cannot be used. The message is one sentence for them; the exit status is 2. */
public final class InputException extends RuntimeException {
    private static final long serialVersionUID = 1;

    /** @param message one sentence, without a full stop */
    public InputException(String message) {
        super(message);
    }
}
