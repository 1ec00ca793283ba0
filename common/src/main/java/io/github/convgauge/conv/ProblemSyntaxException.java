package io.github.convgauge.conv;

/** A problem that cannot be read, with the place where reading stopped. */
public final class ProblemSyntaxException extends IllegalArgumentException {
    private static final long serialVersionUID = 1;

    private final int column;

    /**
     * @param column counted from 1; 0 where no single place is at fault
     * @param what one sentence, without a full stop
     */
    public ProblemSyntaxException(String text, int column, String what) {
        super(text.isBlank()
                ? what
                : "problem '%s'%s: %s".formatted(text, column > 0 ? ", column " + column : "", what));
        this.column = column;
    }

    /** Where in the text, counted from 1; 0 where no single place is at fault. */
    public int column() {
        return column;
    }
}
