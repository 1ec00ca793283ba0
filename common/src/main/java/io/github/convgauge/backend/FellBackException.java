package io.github.convgauge.backend;

/**
 * The runtime ran something else than was asked, or nothing shows that it did what was asked: a
 * TornadoVM bail-out to Java, above all. The answer may be right; a time would be a lie.
 */
public final class FellBackException extends RuntimeException {
    private static final long serialVersionUID = 1;

    /** @param what one sentence, without a full stop */
    public FellBackException(String what) {
        super(what);
    }

    /** @param what one sentence, without a full stop */
    public FellBackException(String what, Throwable cause) {
        super(what, cause);
    }
}
