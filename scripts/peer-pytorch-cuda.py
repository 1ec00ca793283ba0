#!/usr/bin/env python3
"""PyTorch's convolutions by cuDNN on an NVIDIA device, as the backend pytorch-cuda of convgauge.

    scripts/peer-pytorch-cuda.py [OPTIONS]   scripts/convgauge run --backend pytorch-cuda OPTIONS
    scripts/peer-pytorch-cuda.py --probe     whether this python3 can do it, and if not, why

The rows come from `convgauge run`, which checks and times all backends alike and interleaves them: name others with
--backend to have them in the same run. For that, the backend's worker (gpu/pytorch-cuda) starts this script with
--serve. It then lays convolutions out and executes them, and nothing else: the data, the verdicts, the clock and the
statistics are the worker's. Operands lie in files that both have mapped. Requests come as JSON lines on the standard
input; an execution, which is timed, is asked for through a mapped word, since a pipe takes longer than many a kernel.

Needs PyTorch 1.10 or later with CUDA, and nothing else: no NumPy.
"""

import gc
import json
import mmap
import os
import signal
import sys
import time
import traceback

# Words of the file that both sides have mapped, 64 bytes apart so that no two share a cache line.
WORD = 8
REQUESTED, DONE, ROW, AWAKE, FAILED = (line * 64 // WORD for line in range(5))
CONTROL_BYTES = 4096
# Without an execution for so long, the script waits on its input instead: a loop that looks for the next one takes a
# core, which the rows of other backends need.
PATIENCE_SECONDS = 0.002
# The row that does nothing, for the worker to time the way here and back.
NO_OPERATION = 0


class Unavailable(Exception):
    """PyTorch, CUDA or cuDNN is not here. The arguments are the reason and what would mend it."""


def shown(path):
    """A path for results, which are shown to others: the user's home is ~."""
    home = os.path.join(os.path.expanduser("~"), "")
    return "~/" + path[len(home):] if path.startswith(home) else path


def load_torch():
    """Imports PyTorch, and makes sure that it computes by cuDNN on an NVIDIA device."""
    install = "install PyTorch with CUDA for the python3 that is first on the PATH (https://pytorch.org/get-started)"
    try:
        import torch
    except Exception as error:  # A broken installation raises anything.
        raise Unavailable("%s cannot import torch: %s" % (shown(sys.executable), error), install)
    if getattr(torch.version, "hip", None):
        raise Unavailable("this PyTorch, %s, is made for AMD's ROCm" % torch.__version__, install)
    if not torch.version.cuda:
        raise Unavailable("this PyTorch, %s, is made without CUDA" % torch.__version__, install)
    if not torch.cuda.is_available():
        raise Unavailable(
            "PyTorch %s finds no NVIDIA device that it can use" % torch.__version__,
            "see what nvidia-smi says: there must be a device, and a driver for CUDA %s" % torch.version.cuda)
    if not (torch.backends.cudnn.is_available() and torch.backends.cudnn.enabled):
        raise Unavailable("this PyTorch, %s, has no cuDNN" % torch.__version__, install)
    # PyTorch's own choice, and not that of a benchmark, whose outcome may differ between two runs.
    torch.backends.cudnn.benchmark = False
    return torch


def describe(torch):
    """What there is, for the worker."""
    devices = []
    for index in range(torch.cuda.device_count()):
        properties = torch.cuda.get_device_properties(index)
        devices.append({
            "index": index,
            "name": properties.name,
            "memory": properties.total_memory,
            "units": properties.multi_processor_count,
            "major": properties.major,
            "minor": properties.minor,
        })
    return {
        "versions": {
            "PyTorch": torch.__version__,
            "CUDA of PyTorch": torch.version.cuda,
            "cuDNN": str(torch.backends.cudnn.version()),
            "Python": "%d.%d.%d" % sys.version_info[:3],
        },
        "devices": devices,
    }


class Row:
    """One convolution: its tensors on the device and on the host, and how it is executed.

    x is (mb, ih, iw, ic), w (kh, kw, ic/g, oc) and y (mb, oh, ow, oc), each contiguous in the worker's file. PyTorch
    sees them as NCHW and OIHW, in memory as its algorithm wants it: "channels-last", which is how they lie, or
    "contiguous". What lies there before the timing is laid out so once, as in a program that keeps its tensors in
    one memory format.
    """

    # What PyTorch, which has one setting for all rows, was last told.
    tf32_now = None

    def __init__(self, torch, spec):
        self.torch = torch
        self.regime = spec["regime"]
        self.tf32 = spec["tf32"]
        self.device = torch.device("cuda", spec["device"])
        self.stride = spec["stride"]
        self.padding = spec["padding"]
        self.dilation = spec["dilation"]
        self.frame = spec["frame"]
        self.groups = spec["groups"]
        dtype = {"f32": torch.float32, "f64": torch.float64}[spec["dtype"]]
        last = spec["format"] == "channels-last"
        memory_format = torch.channels_last if last else torch.contiguous_format

        with open(spec["file"], "r+b") as file:
            self.file = mmap.mmap(file.fileno(), 0)
        x = self.of_file(dtype, spec["x"]).permute(0, 3, 1, 2).contiguous(memory_format=memory_format)
        w = self.of_file(dtype, spec["w"]).permute(3, 2, 0, 1).contiguous(memory_format=memory_format)
        self.y_of_file = self.of_file(dtype, spec["y"]).permute(0, 3, 1, 2)
        self.x = x.to(self.device)
        self.w = w.to(self.device)
        # From pinned memory, which is how PyTorch moves fastest.
        self.host_x = self.pinned(x) if self.regime != "resident" else None
        self.host_w = self.pinned(w) if self.regime == "end_to_end" else None
        self.y = None
        # What y is like on the device is cuDNN's choice.
        y = torch.empty(list(self.y_of_file.shape), dtype=dtype, device=self.device).contiguous(memory_format=memory_format)
        self.host_y = self.pinned(y) if self.regime != "resident" else None
        torch.cuda.synchronize(self.device)

    def of_file(self, dtype, place):
        sizes = place["sizes"]
        count = 1
        for size in sizes:
            count *= size
        return self.torch.frombuffer(self.file, dtype=dtype, count=count, offset=place["offset"]).view(*sizes)

    def pinned(self, tensor):
        host = self.torch.empty_strided(
            list(tensor.shape), list(tensor.stride()), dtype=tensor.dtype, pin_memory=True)
        host.copy_(tensor)
        return host

    def convolve(self):
        functional = self.torch.nn.functional
        x = functional.pad(self.x, self.frame) if self.frame else self.x
        return functional.conv2d(x, self.w, None, self.stride, self.padding, self.dilation, self.groups)

    def copy_in(self):
        if self.host_x is not None:
            self.x.copy_(self.host_x, non_blocking=True)
        if self.host_w is not None:
            self.w.copy_(self.host_w, non_blocking=True)

    def copy_out(self):
        if self.host_y is not None:
            self.host_y.copy_(self.y, non_blocking=True)

    def allow_tf32(self):
        if Row.tf32_now != self.tf32:
            self.torch.backends.cudnn.allow_tf32 = self.tf32
            self.torch.backends.cuda.matmul.allow_tf32 = self.tf32
            Row.tf32_now = self.tf32

    def execute(self):
        """What is timed."""
        self.allow_tf32()
        self.copy_in()
        self.y = self.convolve()
        self.copy_out()
        self.torch.cuda.synchronize(self.device)

    def require_output(self):
        """That y is what was asked for, and where: a PyTorch that went on elsewhere must not pass for the device."""
        if list(self.y.shape) != list(self.y_of_file.shape):
            raise RuntimeError("y is %s, not %s" % (list(self.y.shape), list(self.y_of_file.shape)))
        return self.y.is_cuda

    def upload(self):
        """y of the file to wherever an execution may write: its memory on the device is used again when y is freed."""
        y = self.y
        if y is None:
            y = self.torch.empty(list(self.y_of_file.shape), dtype=self.y_of_file.dtype, device=self.device)
        y.copy_(self.y_of_file)
        if self.host_y is not None:
            self.host_y.copy_(self.y_of_file)
        self.torch.cuda.synchronize(self.device)
        self.y = None

    def output(self):
        """y to the file: from the device where nothing moved, else from where the execution put it."""
        self.y_of_file.copy_(self.y if self.host_y is None else self.host_y)

    def stages(self):
        """Nanoseconds of each stage of one execution, by events in the device's queue."""
        self.allow_tf32()
        events = [self.torch.cuda.Event(enable_timing=True) for _ in range(4)]
        events[0].record()
        self.copy_in()
        events[1].record()
        self.y = self.convolve()
        events[2].record()
        self.copy_out()
        events[3].record()
        self.torch.cuda.synchronize(self.device)
        nanos = [round(events[i].elapsed_time(events[i + 1]) * 1e6) for i in range(3)]
        if self.regime == "resident":
            return {"kernel": nanos[1]}
        return {"copy_in": nanos[0], "copy_out": nanos[2], "kernel": nanos[1]}

    def kernels(self):
        """Names of the kernels of one execution, in order; none where the profiler is not to be had."""
        profiler = self.torch.profiler
        self.execute()
        activities = [profiler.ProfilerActivity.CPU, profiler.ProfilerActivity.CUDA]
        with profiler.profile(activities=activities) as profile:
            self.execute()
        events = sorted(
            (event for event in profile.events() if "cuda" in str(event.device_type).lower()),
            key=lambda event: event.time_range.start)
        return [event.name for event in events if not event.name.lower().startswith(("memcpy", "memset"))]


class NoOperation:
    def execute(self):
        pass


class Server:
    """Answers the worker's requests, one after the other."""

    def __init__(self, requests, replies, control):
        self.requests = requests
        self.replies = replies
        self.control = control
        self.torch = None
        self.rows = {NO_OPERATION: NoOperation()}
        self.failure = None

    def serve(self):
        for line in self.requests:
            request = json.loads(line)
            if request["do"] == "execute":
                self.execute()
            else:
                self.reply(self.answer(request))

    def reply(self, answer):
        self.replies.write(json.dumps(answer) + "\n")
        self.replies.flush()

    def answer(self, request):
        """Never raises: what goes wrong is an answer, too."""
        try:
            return {"ok": getattr(self, "do_" + request["do"])(request)}
        except Unavailable as error:
            return {"unavailable": error.args[0], "mend": error.args[1]}
        except Exception as error:
            traceback.print_exc()  # Into the worker's log.
            return {"error": "%s: %s" % (type(error).__name__, error)}

    def do_hello(self, request):
        self.torch = load_torch()
        return describe(self.torch)

    def do_open(self, request):
        gc.collect()
        self.rows[request["row"]] = Row(self.torch, request["spec"])

    def do_kernels(self, request):
        return Row(self.torch, request["spec"]).kernels()

    def do_upload(self, request):
        self.rows[request["row"]].upload()

    def do_output(self, request):
        row = self.rows[request["row"]]
        on_device = row.require_output()
        row.output()
        return {"on_device": on_device}

    def do_stages(self, request):
        return self.rows[request["row"]].stages()

    def do_failure(self, request):
        return self.failure

    def do_close(self, request):
        del self.rows[request["row"]]
        gc.collect()

    def execute(self):
        """Executes what the mapped words ask for, until they have asked for nothing for a while."""
        control = self.control
        control[AWAKE] = 1
        idle_since = time.perf_counter()
        while True:
            if control[REQUESTED] != control[DONE]:
                try:
                    self.rows[control[ROW]].execute()
                except Exception as error:
                    traceback.print_exc()
                    self.failure = "%s: %s" % (type(error).__name__, error)
                    control[FAILED] = 1
                control[DONE] = control[REQUESTED]
                idle_since = time.perf_counter()
            elif time.perf_counter() - idle_since > PATIENCE_SECONDS:
                # The worker, which may just have asked, wakes whoever still sleeps a moment later.
                control[AWAKE] = 0
                return


def serve(path):
    # Ctrl-C reaches this process, too, whose end would then pass for a failure. It ends with its input.
    signal.signal(signal.SIGINT, signal.SIG_IGN)
    # Libraries print to the standard output, which is the worker's log then.
    replies = os.fdopen(os.dup(1), "w", encoding="utf-8")
    os.dup2(2, 1)
    with open(path, "r+b") as file:
        control = memoryview(mmap.mmap(file.fileno(), CONTROL_BYTES)).cast("q")
    # A collection in the middle of an execution would be timed.
    gc.disable()
    server = Server(sys.stdin, replies, control)
    hello = json.loads(sys.stdin.readline())
    server.reply(server.answer(hello))
    if server.torch is None:
        return
    with server.torch.inference_mode():
        server.serve()


def probe():
    try:
        print(json.dumps(describe(load_torch()), indent=2))
        return 0
    except Unavailable as error:
        print("%s; %s" % error.args, file=sys.stderr)
        return 1


def main(arguments):
    if arguments[:1] == ["--serve"]:
        serve(arguments[1])
        return 0
    if arguments == ["--probe"]:
        return probe()
    convgauge = os.path.join(os.path.dirname(os.path.realpath(__file__)), "convgauge")
    os.execv(convgauge, [convgauge, "run", "--backend", "pytorch-cuda"] + arguments)


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
