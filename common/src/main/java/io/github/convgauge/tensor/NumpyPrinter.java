package io.github.convgauge.tensor;

import java.util.stream.DoubleStream;

/**
 * Prints tensors as NumPy 2 prints arrays, to the character: what {@code print(x)} shows and what
 * {@code repr(x)} says. The rules are those of numpy/_core/arrayprint.py under NumPy's default
 * options: 75 columns, more than 1000 elements shortened to three at each end, precision 8.
 */
public final class NumpyPrinter {
    private static final int LINE_WIDTH = 75;
    private static final int THRESHOLD = 1000;
    private static final int EDGE_ITEMS = 3;
    private static final String PREFIX = "array(";

    private final NumpyNumbers numbers;
    private final String separator;
    private final boolean summarised;

    private NumpyPrinter(Tensor tensor, String separator) {
        this.separator = separator;
        this.summarised = tensor.size() > THRESHOLD;
        DoubleStream.Builder shown = DoubleStream.builder();
        collect(tensor, shown);
        this.numbers = new NumpyNumbers(tensor.dtype(), shown.build().toArray());
    }

    /** What Python's {@code print} shows: {@code [[312 348 384]…]}, or a bare number for rank 0. */
    public static String print(Tensor x) {
        if (x.layout().rank() == 0) {
            return NumpyNumbers.scalar(x.dtype(), x.getDouble());
        }
        return body(x, " ", "", "");
    }

    /**
     * What Python's interpreter shows: {@code array([[312, 348, 384]…], dtype=int32)}.
     *
     * @param defaultInt whether int32 is the platform's default integer, as it was on Windows before
     *     NumPy 2: the dtype then goes without saying
     */
    public static String repr(Tensor x, boolean defaultInt) {
        String shown = PREFIX + body(x, ", ", PREFIX, ")");
        long[] sizes = x.sizes();
        boolean emptyRow = sizes.length == 1 && sizes[0] == 0;
        StringBuilder extras = new StringBuilder();
        if ((x.size() == 0 && !emptyRow) || x.size() > THRESHOLD) {
            extras.append("shape=").append(Layout.tuple(sizes));
        }
        boolean implied = x.dtype() == DType.F64 || (x.dtype() == DType.I32 && defaultInt);
        if (!implied || x.size() == 0) {
            extras.append(extras.isEmpty() ? "" : ", ").append("dtype=").append(numpyName(x.dtype()));
        }
        if (extras.isEmpty()) {
            return shown + ")";
        }
        shown += ",";
        extras.append(')');
        int lastLine = shown.length() - (shown.lastIndexOf('\n') + 1);
        boolean fits = lastLine + 1 + extras.length() <= LINE_WIDTH;
        return shown + (fits ? " " : "\n" + " ".repeat(PREFIX.length())) + extras;
    }

    /** {@link #repr(Tensor, boolean)} of NumPy 2, whose default integer is int64 everywhere. */
    public static String repr(Tensor x) {
        return repr(x, false);
    }

    private static String numpyName(DType dtype) {
        return switch (dtype) {
            case I32 -> "int32";
            case F32 -> "float32";
            case F64 -> "float64";
        };
    }

    private static String body(Tensor x, String separator, String prefix, String suffix) {
        if (x.size() == 0) {
            return "[]";
        }
        return new NumpyPrinter(x, separator)
                .format(x, " ".repeat(prefix.length() + 1), LINE_WIDTH - suffix.length());
    }

    /** The numbers that will be shown: they alone decide the columns of a shortened tensor. */
    private void collect(Tensor part, DoubleStream.Builder shown) {
        if (part.layout().rank() == 0) {
            shown.add(part.getDouble());
            return;
        }
        long size = part.layout().size(0);
        for (long i = 0; i < size; i++) {
            if (i == EDGE_ITEMS && hasGap(size)) {
                i = size - EDGE_ITEMS;
            }
            collect(part.select(0, i), shown);
        }
    }

    private boolean hasGap(long size) {
        return summarised && size > 2 * EDGE_ITEMS;
    }

    /**
     * A part of the tensor in brackets.
     *
     * @param indent what a new line within this part begins with; its first line does not
     * @param width columns left, this part's own brackets included
     */
    private String format(Tensor part, String indent, int width) {
        int rank = part.layout().rank();
        if (rank == 0) {
            return numbers.format(part.getDouble());
        }
        return "[" + (rank == 1 ? row(part, indent, width) : rows(part, indent, width)) + "]";
    }

    private String row(Tensor part, String indent, int width) {
        long size = part.layout().size(0);
        int columns = width - Math.max(separator.stripTrailing().length(), 1);
        StringBuilder lines = new StringBuilder();
        StringBuilder line = new StringBuilder(indent);
        for (long i = 0; i < size; i++) {
            String word;
            if (i == EDGE_ITEMS && hasGap(size)) {
                word = "...";
                i = size - EDGE_ITEMS - 1;
            } else {
                word = numbers.format(part.getDouble(i));
            }
            // A word that is too long for any line stays on the one that it begins.
            if (line.length() + word.length() > columns && line.length() > indent.length()) {
                lines.append(line.toString().stripTrailing()).append('\n');
                line.setLength(0);
                line.append(indent);
            }
            line.append(word);
            if (i < size - 1) {
                line.append(separator);
            }
        }
        return lines.append(line).substring(indent.length());
    }

    private String rows(Tensor part, String indent, int width) {
        long size = part.layout().size(0);
        String lineEnd = separator.stripTrailing() + "\n".repeat(part.layout().rank() - 1);
        StringBuilder text = new StringBuilder();
        for (long i = 0; i < size; i++) {
            if (i > 0) {
                text.append(lineEnd).append(indent);
            }
            if (i == EDGE_ITEMS && hasGap(size)) {
                text.append("...").append(lineEnd).append(indent);
                i = size - EDGE_ITEMS;
            }
            text.append(format(part.select(0, i), indent + " ", width - 1));
        }
        return text.toString();
    }
}
