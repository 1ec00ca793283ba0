"""As much of PyTorch as scripts/peer-pytorch-cuda.py takes, in plain Python, with a device that is none.

FAKE_TORCH says what is wrong with it, words with commas between them; see `_fault`. TF32 is done as a device does it, so
that a row that is in TF32 without having asked for it shows.
"""

import array
import contextlib
import os
import struct

__version__ = "2.0.fake"

_faults = os.environ.get("FAKE_TORCH", "").split(",")


def _fault(name):
    return name in _faults


if _fault("broken"):
    raise ImportError("libtorch_global_deps.so: cannot open shared object file")


class _Names:
    def __init__(self, **names):
        self.__dict__.update(names)


version = _Names(cuda=None if _fault("cpu-only") else "12.4", hip="6.0" if _fault("rocm") else None)
backends = _Names(
    cudnn=_Names(
        is_available=lambda: not _fault("no-cudnn"), enabled=True, version=lambda: 90100, allow_tf32=True, benchmark=True),
    cuda=_Names(matmul=_Names(allow_tf32=False)))
channels_last, contiguous_format = "channels_last", "contiguous_format"


class dtype:
    def __init__(self, code):
        self.code = code


float32, float64 = dtype("f"), dtype("d")


class device:
    def __init__(self, type, index=0):
        self.type, self.index = type, index


_cpu = device("cpu")


def _count(sizes):
    count = 1
    for size in sizes:
        count *= size
    return count


def _strides(sizes, order):
    """Of contiguous memory in which dimensions follow each other in this order, the last one innermost."""
    strides, step = [0] * len(sizes), 1
    for d in reversed(order):
        strides[d] = step
        step *= sizes[d]
    return strides


class Tensor:
    def __init__(self, storage, sizes, strides, dtype, device=_cpu):
        self.storage, self.shape, self.strides = storage, tuple(sizes), tuple(strides)
        self.dtype, self.device = dtype, device

    @property
    def is_cuda(self):
        return self.device.type == "cuda"

    def stride(self):
        return self.strides

    def places(self):
        """Where each element lies, in the order of the dimensions."""
        places = [0]
        for size, stride in zip(self.shape, self.strides):
            places = [place + i * stride for place in places for i in range(size)]
        return places

    def view(self, *sizes):
        return Tensor(self.storage, sizes, _strides(sizes, range(len(sizes))), self.dtype, self.device)

    def permute(self, *order):
        return Tensor(
            self.storage, [self.shape[d] for d in order], [self.strides[d] for d in order], self.dtype, self.device)

    def contiguous(self, memory_format=contiguous_format):
        order = (0, 2, 3, 1) if memory_format == channels_last else range(len(self.shape))
        return empty_strided(self.shape, _strides(self.shape, order), self.dtype, self.device).copy_(self)

    def to(self, device):
        return empty_strided(self.shape, self.strides, self.dtype, device).copy_(self)

    def copy_(self, other, non_blocking=False):
        # As bytes, because NaN keeps its bits when PyTorch copies it.
        size = 4 if self.dtype is float32 else 8
        mine, theirs = memoryview(self.storage).cast("B"), memoryview(other.storage).cast("B")
        for to, source in zip(self.places(), other.places()):
            mine[to * size:to * size + size] = theirs[source * size:source * size + size]
        return self


def empty_strided(sizes, strides, dtype=float32, device=_cpu, pin_memory=False):
    extent = 1 + sum((size - 1) * stride for size, stride in zip(sizes, strides))
    return Tensor(array.array(dtype.code, bytes(extent * (4 if dtype is float32 else 8))), sizes, strides, dtype, device)


def empty(sizes, dtype=float32, device=_cpu):
    return empty_strided(sizes, _strides(sizes, range(len(sizes))), dtype, device)


def frombuffer(buffer, dtype, count, offset):
    size = 4 if dtype is float32 else 8
    storage = memoryview(buffer)[offset:offset + count * size].cast(dtype.code)
    return Tensor(storage, (count,), (1,), dtype)


@contextlib.contextmanager
def inference_mode():
    yield


def _tf32(value):
    """The low 13 bits of f32 cut off, which is the worst that is allowed."""
    bits, = struct.unpack("I", struct.pack("f", value))
    return struct.unpack("f", struct.pack("I", bits & ~0x1FFF))[0]


def _values(tensor, in_tf32):
    values = [tensor.storage[place] for place in tensor.places()]
    return [_tf32(value) for value in values] if in_tf32 else values


def _pad(x, frame):
    left, right, top, bottom = frame
    n, c, h, w = x.shape
    framed = empty([n, c, h + top + bottom, w + left + right], x.dtype, x.device)
    inner = Tensor(framed.storage, x.shape, framed.strides, x.dtype, x.device)
    shift = top * framed.strides[2] + left * framed.strides[3]
    values = _values(x, False)
    for place, value in zip(inner.places(), values):
        framed.storage[place + shift] = value
    return framed


_executions = 0


def _conv2d(x, weights, bias, stride, padding, dilation, groups):
    global _executions
    _executions += 1
    if _fault("dies") and _executions > 20:
        os._exit(3)
    if _fault("raises"):
        raise RuntimeError("CUDNN_STATUS_INTERNAL_ERROR")
    n, c, h, w = x.shape
    o, gic, kh, kw = weights.shape
    oh = (h + 2 * padding[0] - dilation[0] * (kh - 1) - 1) // stride[0] + 1
    ow = (w + 2 * padding[1] - dilation[1] * (kw - 1) - 1) // stride[1] + 1
    in_tf32 = x.dtype is float32 and (backends.cudnn.allow_tf32 or _fault("always-tf32"))
    xs, ws = _values(x, in_tf32), _values(weights, in_tf32)
    y = empty([n, o, oh, ow], x.dtype, x.device).contiguous(memory_format=channels_last)
    if _fault("elsewhere"):
        y.device = _cpu
    goc = o // groups
    places = iter(y.places())
    last_tap = kh * kw - 1 if _fault("drops-a-tap") else kh * kw
    for image in range(n):
        for out in range(o):
            first = out // goc * gic
            for i in range(oh):
                for j in range(ow):
                    total = 0.0
                    for a in range(kh):
                        row = i * stride[0] + a * dilation[0] - padding[0]
                        if not 0 <= row < h:
                            continue
                        for b in range(kw):
                            column = j * stride[1] + b * dilation[1] - padding[1]
                            if not 0 <= column < w or a * kw + b >= last_tap:
                                continue
                            at = ((image * c + first) * h + row) * w + column
                            of = (out * gic * kh + a) * kw + b
                            for channel in range(gic):
                                total += xs[at + channel * h * w] * ws[of + channel * kh * kw]
                    place = next(places)
                    if not (_fault("forgets") and _executions > 1 and place == 0):
                        y.storage[place] = total
    return y


nn = _Names(functional=_Names(conv2d=_conv2d, pad=_pad))


class _Event:
    def __init__(self, enable_timing):
        pass

    def record(self):
        pass

    def elapsed_time(self, other):
        return 0.0 if _fault("no-time") else 0.25


class _Profile:
    def __init__(self, activities):
        if _fault("no-profiler"):
            raise RuntimeError("CUPTI_ERROR_INSUFFICIENT_PRIVILEGES")

    def __enter__(self):
        return self

    def __exit__(self, *error):
        pass

    def events(self):
        name = "cudnn::winograd_nonfused::winogradForwardData4x4" if _fault("winograd") else "sm80_xmma_fprop_implicit_gemm"
        return [
            _Names(name=what, device_type="DeviceType." + where, time_range=_Names(start=start))
            for what, where, start in [(name, "CUDA", 2), ("Memcpy HtoD", "CUDA", 1), ("cudaLaunchKernel", "CPU", 0)]]


profiler = _Names(profile=_Profile, ProfilerActivity=_Names(CPU="cpu", CUDA="cuda"))
cuda = _Names(
    is_available=lambda: not (_fault("no-device") or _fault("cpu-only")),
    device_count=lambda: 2 if _fault("two") else 1,
    get_device_properties=lambda index: _Names(
        name="Fake GeForce", total_memory=1 << (12 if _fault("small") else 33), multi_processor_count=7,
        major=7 if _fault("old") else 8, minor=5 if _fault("old") else 6),
    synchronize=lambda device: None,
    Event=_Event)
