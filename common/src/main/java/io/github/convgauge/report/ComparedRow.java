package io.github.convgauge.report;

import io.github.convgauge.measure.Shift;
import java.util.List;

/**
 * What became of one row from one result to another.
 *
 * @param base its runs in the first result, perhaps none
 * @param fresh its runs in the second one, perhaps none
 * @param why what there is to say of the verdict, or null
 * @param remarks what to keep in mind about its times
 * @param median how the median moved, or null where times are not compared
 * @param minimum how the minimum moved, or null where times are not compared
 * @param sharp whether a change of the threshold would have shown
 */
record ComparedRow(
        RowIdentity identity, List<ResultRow> base, List<ResultRow> fresh, Verdict verdict, String why, List<String> remarks, Shift median,
        Shift minimum, boolean sharp) {

    /** In the order of a reader's interest. */
    enum Verdict {
        /** Its status is worse. */
        BROKEN("status worse", true),
        SLOWER("slower", true),
        /** It passed before, and is not there or has no time. */
        MISSING("missing", true),
        FASTER("faster", false),
        /** Its status is better. */
        MENDED("status better", false),
        /** Its status is another one, neither better nor worse. */
        OTHER_STATUS("status changed", false),
        /** It is not there, which is allowed, or it did not pass before. */
        GONE("gone", false),
        NEW("new", false),
        /** Its times must not be compared. */
        INCOMPARABLE("not comparable", false),
        UNCHANGED("unchanged", false),
        /** There was no time to compare before. */
        UNTIMED("same status", false),
        IGNORED("ignored", false);

        private final String text;
        private final boolean worse;

        Verdict(String text, boolean worse) {
            this.text = text;
            this.worse = worse;
        }

        String text() {
            return text;
        }

        /** Whether a check fails because of it. */
        boolean isWorse() {
            return worse;
        }
    }

    /** A row of either side, for its names. */
    ResultRow any() {
        return fresh.isEmpty() ? base.getFirst() : fresh.getFirst();
    }
}
