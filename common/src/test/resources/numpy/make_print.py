#!/usr/bin/env python3
"""Regenerates print.txt and explain-*.txt beside it with NumPy 2: python3 make_print.py [CASES SEED FILE]

With arguments, writes that many random cases to a file of that name instead.
"""
import pathlib
import random
import sys

import numpy as np
from numpy._core import arrayprint

HERE = pathlib.Path(__file__).parent
LABELS = {"int32": "i32", "float32": "f32", "float64": "f64"}
DTYPES = {label: name for name, label in LABELS.items()}


def section(out, values, array):
    """The array, in a form that Java reads, and what NumPy prints."""
    shape = "x".join(map(str, array.shape)) or "scalar"
    out.append(f"=== {LABELS[array.dtype.name]} {shape} {values}")
    out.append(str(array))
    out.append("--- repr")
    out.append(repr(array))
    if array.dtype == np.int32:
        out.append("--- repr, int32 is the default")
        arrayprint._typelessdata.append(np.int32)
        out.append(repr(array))
        arrayprint._typelessdata.pop()


def listed(out, dtype, shape, values):
    array = np.array(values, dtype=DTYPES[dtype]).reshape(shape)
    section(out, "list " + " ".join(float(v).hex() for v in array.ravel()), array)


def linear(out, dtype, shape, start, step):
    """start + step*i, computed in f64."""
    values = start + step * np.arange(int(np.prod(shape)), dtype=np.float64)
    section(out, f"linear {float(start).hex()} {float(step).hex()}", values.astype(DTYPES[dtype]).reshape(shape))


def chosen(out):
    shapes = [
        (), (0,), (1,), (3,), (17,), (25,), (26,), (100,), (3, 0), (0, 3), (2, 0, 3), (1, 1), (3, 4), (5, 5), (4, 30),
        (30, 2), (2, 3, 4), (3, 3, 3, 3), (1, 1, 1, 1), (2, 1, 3, 1, 2), (1000,), (1001,), (6, 200), (7, 200),
        (200, 6), (200, 7), (3, 3, 200), (2, 1200), (1100, 1), (1, 1100), (12, 10, 10), (7, 7, 7, 7)]
    for shape in shapes:
        linear(out, "i32", shape, 0, 1)
        linear(out, "f64", shape, -0.3, 0.1)
        if 200 < np.prod(shape) <= 1000 or len(shape) > 3:
            continue
        linear(out, "i32", shape, -12, 1)
        linear(out, "i32", shape, 7, 100003)
        linear(out, "f64", shape, 0, 1)
        linear(out, "f32", shape, -0.3, 0.1)
        linear(out, "f64", shape, 1e-7, 1e-5)
        linear(out, "f32", shape, 5, 2000)
    for rank in (50, 60, 63):  # hardly a column left
        linear(out, "f64", (1,) * rank + (4,), -0.3, 0.1)
        linear(out, "i32", (2,) + (1,) * rank, 7, 100003)
    lists = [
        [0], [-0.0], [1, -1], [5, 1], [27, 9, 3, 1], [0.5, 0.25, 0.125], [1 / 3, 2 / 3, 1], [1e8], [99999999], [1e-4],
        [9.9999e-5], [0.0001, 0.1], [0.0001, 0.11], [1, 1000], [1, 1001], [1, 1000.1], [1e15], [1e16], [1e17], [1e100, 1],
        [1e-100, 1], [1e-10, 1e10], [float("nan")], [float("inf")], [float("-inf")], [float("nan"), 1.5], [float("inf"), -2],
        [float("-inf"), 0.001], [float("nan"), 1e-9], [float("-inf"), 1e300], [float("nan"), float("inf"), float("-inf")],
        [1.123456785, 2.123456775], [0.123456789], [123456.123456789], [12345678.9], [99999999.5], [0.999999999],
        [9.999999999, 1], [999.999999999], [0.000123456789123], [1.5e-323], [5e-324], [2.2250738585072014e-308],
        [1.7976931348623157e308], [2.0 ** 70], [2.0 ** -70], [1e22, 1e23], [9007199254740993], [0.1 + 0.2], [100, 0.01],
        [1.23456789012e-12, 5], [7e-12, 1.25e-11], [0.5 ** 9], [0.5 ** 9, 3 * 0.5 ** 9], [0.1, 0.2, -0.3], [1e6], [999999]]
    for values in lists:
        listed(out, "f64", (len(values),), values)
        if len(values) == 1:
            listed(out, "f64", (), values)
        with np.errstate(over="ignore"):
            if np.all(np.isfinite(np.array(values, np.float32)) == np.isfinite(values)):
                listed(out, "f32", (len(values),), values)
                if len(values) == 1:
                    listed(out, "f32", (), values)
    f32 = [1e-4, 16777217, 3.4028235e38, 1e-45, 1.1754944e-38, 1.1, 1.1e-7, 0.3, 123456.7, 2.0 ** 70, 2.0 ** -70, 1e10, 1e16]
    for value in f32:
        listed(out, "f32", (), [value])
        listed(out, "f32", (2,), [value, value * 0.7])
    for values in ([2147483647, -2147483648], [-2147483648], [0, -1], [10, -9], [-10, 100]):
        listed(out, "i32", (len(values),), values)
        listed(out, "i32", (), values[:1])


def drawn(out, rng, cases):
    for _ in range(cases):
        dtype = rng.choice(["f64", "f32"])
        shape = [rng.randint(1, 4) for _ in range(rng.randint(0, 3))]
        centre, spread = rng.uniform(-12, 12), rng.choice([0, 1, 3, 20])
        digits = rng.choice([1, 2, 3, 6, 9, 17])
        values = []
        for _ in range(int(np.prod(shape))):
            value = rng.choice([-1, 1]) * 10 ** (centre + rng.uniform(-spread, spread))
            value = float(f"%.{digits}g" % value)
            values.append(rng.choice([value] * 20 + [0.0, float("nan"), float("inf"), float("-inf")]))
        listed(out, dtype, shape, values)


def exploration(size, kernel, stride, gaps):
    """The notebook's cells for another size: what explain im2col prints of numbers, in its order."""
    m, n = size
    kh, kw = kernel
    x = np.arange(m * n, dtype=np.int32).reshape(m, n)
    oh = (m - (kh - 1) * (gaps[0] + 1) - 1) // stride[0] + 1
    ow = (n - (kw - 1) * (gaps[1] + 1) - 1) // stride[1] + 1
    x1 = np.lib.stride_tricks.as_strided(
        x, shape=(oh, ow, kh, kw),
        strides=np.array((stride[0] * n, stride[1], (gaps[0] + 1) * n, gaps[1] + 1)) * 4)
    x2 = np.ascontiguousarray(x1)
    x3 = x2.reshape((oh * ow, kh * kw))
    x4 = x1.reshape((oh * ow, kh * kw))
    w = np.arange(kh * kw, dtype=np.int32).reshape(kh, kw)

    def described(a):
        return f"{a.shape} {np.array(a.strides) / 4} {a.size}"

    product = (x4 @ w.reshape(kh * kw)).reshape(oh, ow)
    arrayprint._typelessdata.append(np.int32)
    blocks = [
        described(x), str(x), repr(x.ravel()), described(x1), repr(x.ravel()), described(x2), repr(x2),
        repr(x2.ravel()), described(x3), repr(x3), described(x4), repr(x4), repr(w), str(product)]
    arrayprint._typelessdata.pop()
    return "\n----\n".join(blocks) + "\n"


if len(sys.argv) > 1:
    lines = []
    drawn(lines, random.Random(int(sys.argv[2])), int(sys.argv[1]))
    pathlib.Path(sys.argv[3]).write_text("\n".join(lines) + "\n")
else:
    lines = []
    chosen(lines)
    drawn(lines, random.Random(1), 200)
    (HERE / "print.txt").write_text("\n".join(lines) + "\n")
    (HERE / "explain-7x6.txt").write_text(exploration((7, 6), (3, 2), (1, 1), (0, 0)))
    (HERE / "explain-strided.txt").write_text(exploration((11, 13), (3, 2), (2, 3), (1, 4)))
    (HERE / "explain-large.txt").write_text(exploration((100, 300), (40, 40), (30, 50), (0, 0)))
