package io.github.convgauge.cli;

import io.github.convgauge.conv.ConvProblem;
import io.github.convgauge.conv.Im2col;
import io.github.convgauge.tensor.DType;
import io.github.convgauge.tensor.Layout;
import io.github.convgauge.tensor.NumpyPrinter;
import io.github.convgauge.tensor.Tensor;
import java.io.PrintWriter;

/**
 * im2col step by step on an array of one channel, in i32 throughout: every number that it prints is
 * the answer of a {@link Tensor} or {@link Layout}, not of a formula beside them.
 */
final class Im2colExploration {
    private final PrintWriter out;
    private final ConvProblem problem;

    /** @param problem one image of one channel, one output channel, no padding */
    Im2colExploration(PrintWriter out, ConvProblem problem) {
        this.out = out;
        this.problem = problem;
    }

    void print() {
        Tensor x = Tensor.arange(DType.I32, (long) problem.ih() * problem.iw()).view(problem.ih(), problem.iw());
        Layout image = x.layout().view(problem.xSizes());
        Layout windows = Im2col.view(image, problem, 0).select(5, 0).select(0, 0);
        Tensor view = x.asStrided(windows.sizes(), windows.strides(), windows.offset());
        long[] matrixSizes = {windows.select(3, 0).select(2, 0).size(), windows.select(0, 0).select(0, 0).size()};

        array(x);
        view(view);
        Tensor copy = copy(view);
        Tensor matrix = matrix(view, copy, matrixSizes);
        product(matrix, windows.select(3, 0).select(2, 0).sizes(), windows.select(0, 0).select(0, 0).sizes());
    }

    private void array(Tensor x) {
        out.println("# The array");
        describe(x);
        out.println(NumpyPrinter.print(x));
        heading("The memory behind the array");
        dump(x);
    }

    private void view(Tensor view) {
        heading("The windows, as a strided view of the array: nothing is copied");
        describe(view);
        heading("The memory behind the view: that of the array");
        dump(view);
        try {
            view.asStrided(new long[] {view.size()}, new long[] {1}, 0);
            out.printf("The view has no more elements than that, so NumPy's dump through ctypes shows no others.%n");
        } catch (IndexOutOfBoundsException e) {
            out.printf(
                    "NumPy's dump through ctypes takes as many elements as the view has, %d, reads on past the end%n"
                            + "and prints foreign memory. This tool refuses to:%n%s%n",
                    view.size(), e.getMessage());
        }
    }

    private Tensor copy(Tensor view) {
        Tensor copy = view.contiguous();
        heading(shareMemory(view, copy)
                ? "The contiguous windows: the view already is, so nothing is copied"
                : "The contiguous copy of the windows");
        describe(copy);
        out.println(NumpyPrinter.repr(copy, true));
        heading("The memory behind the contiguous windows");
        dump(copy);
        return copy;
    }

    private Tensor matrix(Tensor view, Tensor copy, long[] sizes) {
        heading("The matrix: one window a row");
        Tensor matrix = copy.view(sizes);
        describe(matrix);
        out.println(NumpyPrinter.repr(matrix, true));

        heading("The matrix without the copy: view()");
        try {
            describe(view.view(sizes));
            out.println("The strides carry it, so there is no need for a copy.");
        } catch (IllegalArgumentException e) {
            out.println("Refused: " + e.getMessage());
        }

        heading("The matrix straight from the view: reshape()");
        Tensor reshaped = view.reshape(sizes);
        describe(reshaped);
        out.println(shareMemory(view, reshaped)
                ? "It shares the memory of the array: no copy was needed."
                : "It has memory of its own: reshape() copied, because it had to.");
        out.println(NumpyPrinter.repr(reshaped, true));
        return reshaped;
    }

    private void product(Tensor matrix, long[] outputSizes, long[] kernelSizes) {
        Tensor weights = Tensor.arange(DType.I32, matrix.layout().size(1));
        heading("The kernel");
        out.println(NumpyPrinter.repr(weights.view(kernelSizes), true));
        heading("The convolution: the matrix times the kernel");
        out.println(NumpyPrinter.print(times(matrix, weights).view(outputSizes)));
    }

    /** In 32-bit integers that wrap around, as NumPy's are. */
    private static Tensor times(Tensor matrix, Tensor vector) {
        Tensor product = Tensor.allocate(DType.I32, matrix.layout().size(0));
        for (long row = 0; row < product.size(); row++) {
            int sum = 0;
            for (long column = 0; column < vector.size(); column++) {
                sum += (int) matrix.getDouble(row, column) * (int) vector.getDouble(column);
            }
            product.setDouble(sum, row);
        }
        return product;
    }

    private static boolean shareMemory(Tensor a, Tensor b) {
        return a.storage().asOverlappingSlice(b.storage()).isPresent();
    }

    private void heading(String text) {
        out.printf("%n# %s%n", text);
    }

    /** Sizes, strides and size, first as {@code print(x.shape, strides, x.size)} has them in NumPy. */
    private void describe(Tensor x) {
        long[] strides = x.layout().strides();
        Tensor printable = Tensor.allocate(DType.F64, strides.length).fill(d -> strides[(int) d]);
        out.printf("%s %s %d%n", Layout.tuple(x.sizes()), NumpyPrinter.print(printable), x.size());
        out.printf("sizes %s, strides %s: %d elements over %d in memory%n",
                Layout.tuple(x.sizes()), Layout.tuple(strides), x.size(), x.flatStorage().size());
    }

    private void dump(Tensor x) {
        out.println(NumpyPrinter.repr(x.flatStorage(), true));
    }
}
