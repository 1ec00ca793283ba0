package io.github.convgauge.report;

import io.github.convgauge.conv.ConvProblem;

/**
 * Which row it is: rows of two results that have the same identity measured the same thing. The device's name is no part of
 * it, so that the host's rows of two machines meet and can be told apart by {@link Comparability}.
 */
record RowIdentity(
        String problem, String dtype, String backend, String hardware, String algorithm, Integer threads, String regime, String output,
        String cache) {
    /** In place of an algorithm, where a backend is not there to say what it has. */
    private static final String ALL_ALGORITHMS = "*";

    static RowIdentity of(ResultRow row) {
        return new RowIdentity(
                row.problem(), row.dtype(), row.backend(), row.hardware(), row.algorithm(), row.threads(), row.regime(), row.output(),
                row.cache());
    }

    /** Whether it stands for all rows of a backend that is not there. */
    boolean isWholeBackend() {
        return ALL_ALGORITHMS.equals(algorithm);
    }

    /** Whether the other one is a row of the same backend for the same problem and dtype. */
    boolean sameBackend(RowIdentity other) {
        return problem.equals(other.problem) && dtype.equals(other.dtype) && backend.equals(other.backend);
    }

    /** The problem's label, or all of it where it has none. */
    String problemName() {
        String name = ConvProblem.parse(problem).name();
        return name.isEmpty() ? problem : name;
    }

    /** For people: {@code cpu direct prepared f32 1 thread}. */
    @Override
    public String toString() {
        StringBuilder text = new StringBuilder(backend);
        if (!isWholeBackend()) {
            text.append(' ').append(algorithm).append(' ').append(regime);
            if (output != null && !output.equals("reused")) {
                text.append(' ').append(output);
            }
        }
        text.append(' ').append(dtype);
        if (threads != null) {
            text.append(' ').append(threads).append(threads == 1 ? " thread" : " threads");
        }
        if ("cold".equals(cache)) {
            text.append(" cold");
        }
        return text.append(" of ").append(problemName()).toString();
    }
}
