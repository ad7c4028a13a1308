"""The line recogniser of scripts/models/prepare in PyTorch, so that its end can be trained for handwriting.

Its flat file (scripts/models/flatten_rec_model.py says what is in it) is a list of steps. Those before the last pooling see
shapes and stay as they are; those behind it, some 330,000 numbers, put the shapes of neighbouring columns together and name
characters. What is trained is a second copy of these: the hand's head, which shares all that comes before.
"""
import ctypes
import math
import os
import pathlib
import struct
import subprocess

import numpy
import torch
from torch import nn
from torch.nn import functional

FIELDS = ("kind", "first", "second", "result", "inputs", "outputs", "height", "width", "step_y", "step_x",
          "top", "left", "bottom", "right", "groups", "activation", "weights", "bias", "heads", "spare")
KINDS = ("", "convolution", "add", "mean", "scale", "largest", "join", "average", "normalise", "attend", "softmax")
ACTIVATIONS = ("none", "relu", "gelu", "hard-sigmoid", "swish")
HEIGHT, COLUMN, LONGEST, SHORTEST, STEP = 48, 8, 640, 96, 32


def models():
    """Where scripts/models/prepare puts the recogniser."""
    cache = pathlib.Path(os.environ.get("XDG_CACHE_HOME", pathlib.Path.home() / ".cache"))
    return pathlib.Path(os.environ.get("BLANKETT_MODELS", cache / "blankett/models"))


class FlatModel:
    """The steps and weights of a flat file."""

    def __init__(self, path):
        data = path.read_bytes()
        magic, count, self.values, self.classes, floats = struct.unpack_from("<8s4i", data)
        if magic != b"BLKTNET1":
            raise SystemExit(f"train: {path} is no model of a line reader")
        self.steps = [dict(zip(FIELDS, struct.unpack_from("<20i", data, 24 + 80 * i))) for i in range(count)]
        self.weights = numpy.frombuffer(data, "<f4", floats, 24 + 80 * count)
        for step in self.steps:
            step["kind"] = KINDS[step["kind"]]
        # The steps behind the last pooling are the head.
        self.stem = max(i for i, step in enumerate(self.steps) if step["kind"] == "average") + 1

    def arrays(self, step):
        """Weights and shifts of a step, as PyTorch wants them."""
        def cut(first, *shape):
            return torch.from_numpy(self.weights[first:first + math.prod(shape)].reshape(shape).copy())

        outputs = step["outputs"]
        if step["kind"] == "convolution":
            shape = (outputs, step["inputs"] // step["groups"], step["height"], step["width"])
            return cut(step["weights"], *shape), cut(step["bias"], outputs)
        if step["kind"] == "normalise":
            return cut(step["weights"], outputs), cut(step["bias"], outputs)
        return None


def perform(step, values, arrays, weights):
    """One step of the head on batch x channels x rows x columns."""
    first = values[step["first"]]
    kind = step["kind"]
    if kind == "convolution":
        kernel, shift = arrays
        result = functional.conv2d(first, kernel, shift, padding=(step["top"], step["left"]), groups=step["groups"])
        return functional.silu(result) if ACTIVATIONS[step["activation"]] == "swish" else result
    if kind == "add":
        return first + values[step["second"]]
    if kind == "normalise":
        scale, shift = arrays
        moved = functional.layer_norm(first.permute(0, 2, 3, 1), (step["outputs"],), scale, shift,
                                      float(weights[step["weights"] + step["outputs"]]))
        return moved.permute(0, 3, 1, 2)
    if kind == "attend":
        batch, _, rows, columns = first.shape
        heads, width = step["heads"], step["outputs"] // step["heads"]
        queries, keys, each = first.reshape(batch, 3, heads, width, rows * columns).unbind(1)
        shares = torch.softmax(queries.transpose(2, 3) @ keys * float(weights[step["weights"]]), -1)
        return (shares @ each.transpose(2, 3)).transpose(2, 3).reshape(batch, heads * width, rows, columns)
    return first  # the softmax: whoever wants it takes it


class Stem:
    """All that comes before the head, run by the product's own code; never trained.

    What is asked of it is a head that only copies what the pooling gives.
    """

    def __init__(self, model, path, folder):
        folder.mkdir(parents=True, exist_ok=True)
        library, copying = folder / "libconednn.so", folder / "copy.net"
        source = pathlib.Path(__file__).resolve().parents[1] / "Sources/COneDNN"
        # Clang's words for pointers are not GCC's.
        subprocess.run(["g++", "-O2", "-shared", "-fPIC", "-std=c++17", "-D_Nonnull=", "-D_Nullable=", "-I", source / "include",
                        "-o", library, source / "network.cpp", source / "steps.cpp", "-ldnnl", "-ldl"], check=True)
        self.count = 384
        step = dict.fromkeys(FIELDS, 0) | dict(kind=KINDS.index("largest"), first=model.stem, second=-1, result=model.values,
                                               height=1, width=1)
        copying.write_bytes(struct.pack("<8s4i", b"BLKTHEAD", 1, model.values, self.count, 1)
                            + struct.pack("<20i", *step.values()) + struct.pack("<f", 0))
        self.code = ctypes.CDLL(str(library))
        self.code.conednn_net_open.restype = ctypes.c_void_p
        self.code.conednn_last_error.restype = ctypes.c_char_p
        self.code.conednn_read_line.argtypes = [ctypes.c_void_p, ctypes.c_void_p, ctypes.c_int32, ctypes.c_int32,
                                                ctypes.c_void_p, ctypes.c_int32]
        self.net = self.code.conednn_net_open(str(path).encode(), str(copying).encode())
        if not self.net:
            raise SystemExit(f"train: {self.code.conednn_last_error().decode()}")
        self.classes = model.classes

    def __call__(self, line):
        """48 x width, 0 ... 255 -> 384 x columns, those beyond the writing left out."""
        line = numpy.ascontiguousarray(line, numpy.uint8)
        width = line.shape[1]
        length = max(SHORTEST, -(-width // STEP) * STEP)
        columns = length // COLUMN
        out = numpy.empty(columns * (self.classes + self.count), numpy.float32)
        if self.code.conednn_read_line(self.net, line.ctypes.data, width, length, out.ctypes.data, out.size) != out.size:
            raise SystemExit(f"train: {self.code.conednn_last_error().decode()}")
        answer = out[columns * self.classes:].reshape(columns, self.count).T
        return answer[:, :min(columns, -(-width // COLUMN) + 1)]


class Head(nn.Module):
    """The steps behind the pooling with weights that can be trained, and room for more characters."""

    def __init__(self, model, more=0):
        super().__init__()
        self.steps = [dict(step) for step in model.steps[model.stem:]]
        self.stem, self.flat = model.stem, model.weights
        self.classes = model.classes + more
        self.kernels, self.shifts = nn.ParameterDict(), nn.ParameterDict()
        for step in self.steps:
            arrays = model.arrays(step)
            if arrays is None:
                continue
            kernel, shift = arrays
            if step["kind"] == "convolution" and step["outputs"] == model.classes:
                kernel = torch.cat([kernel, kernel.mean(0, keepdim=True).expand(more, -1, -1, -1)])
                shift = torch.cat([shift, shift.mean().expand(more)])
                step["outputs"] = self.classes
            self.kernels[str(step["result"])] = nn.Parameter(kernel)
            self.shifts[str(step["result"])] = nn.Parameter(shift)

    def forward(self, columns, drop=0.0):
        """batch x 384 x columns -> columns x batch x classes, before the softmax."""
        values = {self.stem: columns[:, :, None]}
        for step in self.steps:
            name = str(step["result"])
            arrays = (self.kernels[name], self.shifts[name]) if name in self.kernels else None
            result = perform(step, values, arrays, self.flat)
            if drop and self.training and step["kind"] == "normalise":
                result = functional.dropout(result, drop)
            values[step["result"]] = result
        return result[:, :, 0].permute(2, 0, 1)

    def file(self):
        """The head as COneDNN appends it to the recogniser: `BLKTHEAD`, then as a flat file, steps numbered on."""
        kept, size, steps = [], 0, []

        def keep(array):
            nonlocal size
            kept.append(numpy.ascontiguousarray(array, numpy.float32).ravel())
            size += kept[-1].size
            return size - kept[-1].size

        base = self.stem + len(self.steps)
        numbers = {self.stem: self.stem, -1: -1}
        for place, step in enumerate(self.steps):
            numbers[step["result"]] = base + 1 + place
            new = dict(step, kind=KINDS.index(step["kind"]), result=numbers[step["result"]],
                       first=numbers[step["first"]], second=numbers[step["second"]], weights=0, bias=0)
            name = str(step["result"])
            if name in self.kernels:
                kernel = self.kernels[name].detach().numpy()
                if step["kind"] == "normalise":
                    kernel = numpy.append(kernel, self.flat[step["weights"] + step["outputs"]])
                new["weights"], new["bias"] = keep(kernel), keep(self.shifts[name].detach().numpy())
            elif step["kind"] == "attend":
                new["weights"] = keep(self.flat[step["weights"]:step["weights"] + 1])
            steps.append(struct.pack("<20i", *(new[field] for field in FIELDS)))
        head = struct.pack("<8s4i", b"BLKTHEAD", len(steps), base + 1, self.classes, size)
        return head + b"".join(steps) + b"".join(one.astype("<f4").tobytes() for one in kept)


def texts(answers, characters):
    """The likeliest class of each column, repetitions and blanks dropped; columns x batch x classes."""
    found = []
    for row in answers.argmax(2).T.tolist():
        before, text = 0, []
        for one in row:
            if one and one != before:
                text.append(characters[one - 1])
            before = one
        found.append("".join(text).strip())
    return found
