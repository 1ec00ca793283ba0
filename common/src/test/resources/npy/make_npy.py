#!/usr/bin/env python3
"""Regenerates the .npy files beside it with NumPy 2: python3 make_npy.py"""
import io
import pathlib

import numpy as np
from numpy.lib import format as npy

HERE = pathlib.Path(__file__).parent

# Each good file holds 0, 1, 2, ... in C order of its indices, halves where the dtype has them.
def numbers(dtype, shape):
    values = np.arange(int(np.prod(shape))).reshape(shape) - 3
    return (values / (2 if np.dtype(dtype).kind == "f" else 1)).astype(dtype)


def save(name, array, version=(1, 0)):
    with open(HERE / (name + ".npy"), "wb") as f:
        npy.write_array(f, array, version=version)


def raw(name, header, data=b"", version=b"\x01\x00"):
    length = len(header).to_bytes(2 if version[0] == 1 else 4, "little")
    (HERE / (name + ".npy")).write_bytes(b"\x93NUMPY" + version + length + header + data)


def stored(array):
    file = io.BytesIO()
    npy.write_array(file, array)
    return file.getvalue()


for code in ("f4", "f8", "i4"):
    for order, word in (("<", "little"), (">", "big")):
        save(f"c-{code}-{word}", numbers(order + code, (2, 3, 5)))
        save(f"fortran-{code}-{word}", np.asfortranarray(numbers(order + code, (2, 3, 5))))
save("scalar", numbers("<f8", ()))
save("vector", numbers("<f4", (7,)))
save("empty", numbers("<i4", (3, 0, 2)))
save("ones", numbers("<f4", (1, 1, 1, 1)))
save("version2", numbers("<f4", (2, 3)), (2, 0))
save("version3", numbers("<f4", (2, 3)), (3, 0))
save("nan", np.array([np.nan, np.inf, -np.inf, -0.0, 5e-324]))

three = numbers("<f4", (3,)).tobytes()
raw("spaces", b"  {  \"shape\" :( 3 , ) ,\n'descr':'<f4','fortran_order'  :False}  \n", three)
raw("python2", b"{'descr': u'<f4', 'fortran_order': False, 'shape': (3L,), }", three)
raw("native", b"{'descr': '=f4', 'fortran_order': False, 'shape': (3,), }", three)
raw("no-order", b"{'descr': '|f4', 'fortran_order': False, 'shape': (3,), }", three)
raw("trailing", b"{'descr': '<f4', 'fortran_order': False, 'shape': (3,), }", three + b"more")

# Bad ones.
np.save(HERE / "bad-object.npy", np.array([{}, None], dtype=object), allow_pickle=True)
for code in ("f2", "i8", "c8", "u4", "b1", "U3", "i2"):
    save("bad-" + code, np.zeros((2,), code))
save("bad-structured", np.zeros((2,), [("a", "<f4"), ("b", "<i4", (2,))]))
whole = stored(numbers("<f4", (3, 4)))
(HERE / "bad-truncated-data.npy").write_bytes(whole[:-8])
(HERE / "bad-truncated-header.npy").write_bytes(whole[:40])
(HERE / "bad-truncated-length.npy").write_bytes(whole[:9])
(HERE / "bad-truncated-magic.npy").write_bytes(whole[:5])
(HERE / "bad-nothing.npy").write_bytes(b"")
(HERE / "bad-magic.npy").write_bytes(b"PK\x03\x04 this is a zip, as .npz is")
raw("bad-version", b"{'descr': '<f4', 'fortran_order': False, 'shape': (3,), }", three, b"\x04\x00")
raw("bad-long-header", b"{" + b" " * 10_001 + b"}", three)
raw("bad-overflow", b"{'descr': '<f4', 'fortran_order': False, 'shape': (4294967296, 4294967296), }", three)
raw("bad-overflow-bytes", b"{'descr': '<f4', 'fortran_order': True, 'shape': (2147483648, 2147483648), }", three)
raw("bad-huge", b"{'descr': '<f8', 'fortran_order': False, 'shape': (1000000, 1000000), }", three)
raw("bad-number", b"{'descr': '<f4', 'fortran_order': False, 'shape': (99999999999999999999,), }", three)
raw("bad-negative", b"{'descr': '<f4', 'fortran_order': False, 'shape': (-3,), }", three)
raw("bad-shape", b"{'descr': '<f4', 'fortran_order': False, 'shape': (3), }", three)
raw("bad-order", b"{'descr': '<f4', 'fortran_order': 0, 'shape': (3,), }", three)
raw("bad-keys", b"{'descr': '<f4', 'shape': (3,), }", three)
raw("bad-more-keys", b"{'descr': '<f4', 'fortran_order': False, 'shape': (3,), 'x': 1}", three)
raw("bad-no-dict", b"('descr', '<f4')", three)
raw("bad-syntax", b"{'descr': '<f4', 'fortran_order': False 'shape': (3,), }", three)
raw("bad-unclosed", b"{'descr': '<f4', 'fortran_order': False, 'shape': (3,), ", three)
raw("bad-string", b"{'descr': '<f4, 'fortran_order': False, 'shape': (3,), }", three)
raw("bad-deep", b"(" * 5000 + b")" * 5000, three)
raw("bad-after", b"{'descr': '<f4', 'fortran_order': False, 'shape': (3,), } {}", three)
