#!/usr/bin/env python3
"""Writes a rewritten recogniser (rewrite_rec_model.py, any width) as the flat file that Sources/COneDNN runs.

  flatten_rec_model.py --model rec320.onnx --out line.net

One file for lines of every length: nothing in it depends on the width. What belongs together becomes one step: a
convolution with its bias, its normalisation and its activation; a layer normalisation; an attention. Values are
numbered; a step names those it reads and the one it writes. Needs numpy and onnx.

Little-endian: "BLKTNET1"; int32 steps, values, classes, floats; steps of 20 int32 (FIELDS); float32 weights.
"""
import argparse
import hashlib
import struct
import sys

import numpy
import onnx
from onnx import numpy_helper

FIELDS = ("kind", "first", "second", "result", "inputs", "outputs", "height", "width", "step_y", "step_x",
          "top", "left", "bottom", "right", "groups", "activation", "weights", "bias", "heads", "spare")
KINDS = {name: number for number, name in enumerate(
    ("convolution", "add", "mean", "scale", "largest", "join", "average", "normalise", "attend", "softmax"), 1)}
ACTIVATIONS = {name: number for number, name in enumerate(("none", "relu", "gelu", "hard-sigmoid", "swish"))}
ATTENTION = ("Reshape Transpose Slice Squeeze Mul Add Slice Squeeze Slice Squeeze Transpose MatMul Softmax MatMul "
             "Transpose Reshape").split()
NORMALISATION = "ReduceMean Sub Pow ReduceMean Add Sqrt Div Mul Add".split()


class Flattening:
    """Walks the nodes in their order and turns each known group of them into a step."""

    def __init__(self, model):
        self.nodes = list(model.graph.node)
        self.constants = {one.name: numpy_helper.to_array(one) for one in model.graph.initializer}
        self.values = {model.graph.input[0].name: 0}
        self.uses = {}
        for node in self.nodes:
            for name in node.input:
                self.uses[name] = self.uses.get(name, 0) + 1
        self.steps, self.weights, self.size = [], [], 0
        self.place = 0
        self.classes = 0

    def run(self):
        while self.place < len(self.nodes):
            node = self.nodes[self.place]
            step = getattr(self, "take_" + node.op_type.lower(), None)
            if step is None:
                self.stop(node, "is not known")
            step(node)
        return self

    def stop(self, node, why):
        sys.exit(f"flatten: node {self.place} ({node.op_type} -> {node.output[0]}) {why}")

    # Reading the graph

    def attributes(self, node):
        return {one.name: onnx.helper.get_attribute_value(one) for one in node.attribute}

    def ahead(self, kinds):
        """The next nodes, if they are of these kinds."""
        found = self.nodes[self.place:self.place + len(kinds)]
        return found if [node.op_type for node in found] == list(kinds) else None

    def constant(self, node):
        """The node's constant operand."""
        return next((self.constants[name] for name in node.input if name in self.constants), None)

    def follows(self, name, kind):
        """The next node, if it is of this kind and the only one to use `name`."""
        if self.place >= len(self.nodes):
            return None
        node = self.nodes[self.place]
        return node if node.op_type == kind and name in node.input and self.uses[name] == 1 else None

    # Writing steps

    def keep(self, array):
        offset = self.size
        self.weights.append(numpy.ascontiguousarray(array, numpy.float32).ravel())
        self.size += self.weights[-1].size
        return offset

    def emit(self, kind, output, first, second=None, **more):
        self.values[output] = len(self.steps) + 1
        self.steps.append(dict(more, kind=KINDS[kind], first=self.values[first],
                               second=self.values[second] if second else -1, result=self.values[output]))

    def same(self, node):
        """The layout changes, the numbers do not: channels always come last here."""
        self.values[node.output[0]] = self.values[node.input[0]]
        self.place += 1

    # Steps

    def take_conv(self, node):
        attributes = self.attributes(node)
        kernel = self.constants[node.input[1]].astype(numpy.float64)
        outputs, inputs, height, width = kernel.shape
        groups = attributes.get("group", 1)
        if groups not in (1, outputs) or any(one != 1 for one in attributes.get("dilations", [])):
            self.stop(node, "has groups or dilations that are not known")
        if attributes.get("auto_pad", b"NOTSET") == b"SAME_UPPER":
            if attributes["strides"] != [1, 1]:
                self.stop(node, "is padded in a way that is not known")
            top, left = (height - 1) // 2, (width - 1) // 2
            pads = [top, left, height - 1 - top, width - 1 - left]
        else:
            pads = attributes.get("pads", [0, 0, 0, 0])
        self.place += 1
        self.finish(node.input[0], node.output[0], kernel, outputs, inputs * groups, height, width,
                    attributes["strides"], pads, groups)

    def take_matmul(self, node):
        kernel = self.constants.get(node.input[1])
        if kernel is None or kernel.ndim != 2:
            self.stop(node, "multiplies two computed values")
        self.place += 1
        self.finish(node.input[0], node.output[0], kernel.T.astype(numpy.float64)[:, :, None, None],
                    kernel.shape[1], kernel.shape[0], 1, 1, [1, 1], [0, 0, 0, 0], 1)

    def finish(self, source, name, kernel, outputs, inputs, height, width, strides, pads, groups):
        """Bias, normalisation and activation that follow are part of the step."""
        bias = numpy.zeros(outputs)
        if (add := self.follows(name, "Add")) and self.constant(add) is not None:
            shift = self.constant(add).astype(numpy.float64)
            bias += shift.reshape(-1, outputs)[0] if shift.ndim == 3 else shift.ravel()
            name = add.output[0]
            self.place += 1
        if norm := self.follows(name, "BatchNormalization"):
            scale, shift, mean, variance = (self.constants[one].astype(numpy.float64) for one in norm.input[1:])
            factor = scale / numpy.sqrt(variance + self.attributes(norm)["epsilon"])
            kernel = kernel * factor[:, None, None, None]
            bias = (bias - mean) * factor + shift
            name = norm.output[0]
            self.place += 1
        activation = "none"
        if relu := self.follows(name, "Relu"):
            activation, name = "relu", relu.output[0]
            self.place += 1
        elif sigmoid := self.follows(name, "HardSigmoid"):
            given = self.attributes(sigmoid)
            if abs(given["alpha"] - 1 / 6) > 1e-6 or given["beta"] != 0.5:
                self.stop(sigmoid, "has another slope")
            activation, name = "hard-sigmoid", sigmoid.output[0]
            self.place += 1
        elif (swish := self.ahead(["Sigmoid", "Mul"])) and swish[0].input[0] == name and name in swish[1].input:
            activation, name = "swish", swish[1].output[0]
            self.place += 2
        elif (gelu := self.ahead(["Div", "Erf", "Add", "Mul", "Mul"])) and gelu[0].input[0] == name:
            activation, name = "gelu", gelu[4].output[0]
            self.place += 5
        self.emit("convolution", name, source, inputs=inputs, outputs=outputs, height=height, width=width,
                  step_y=strides[0], step_x=strides[1], top=pads[0], left=pads[1], bottom=pads[2], right=pads[3],
                  groups=groups, activation=ACTIVATIONS[activation], weights=self.keep(kernel), bias=self.keep(bias))
        self.classes = outputs

    def take_add(self, node):
        self.emit("add", node.output[0], node.input[0], node.input[1])
        self.place += 1

    def take_mul(self, node):
        # The second is one number a channel: squeeze and excitation.
        self.emit("scale", node.output[0], node.input[0], node.input[1])
        self.place += 1

    def take_maxpool(self, node):
        attributes = self.attributes(node)
        if attributes["auto_pad"] != b"SAME_UPPER" or attributes["strides"] != [1, 1]:
            self.stop(node, "is padded in a way that is not known")
        height, width = attributes["kernel_shape"]
        self.emit("largest", node.output[0], node.input[0], height=height, width=width)
        self.place += 1

    def take_averagepool(self, node):
        attributes = self.attributes(node)
        if attributes["kernel_shape"] != attributes["strides"] or any(attributes["pads"]):
            self.stop(node, "overlaps")
        height, width = attributes["kernel_shape"]
        self.emit("average", node.output[0], node.input[0], height=height, width=width)
        self.place += 1

    def take_concat(self, node):
        self.emit("join", node.output[0], node.input[0], node.input[1])
        self.place += 1

    def take_reducemean(self, node):
        if list(self.attributes(node)["axes"]) == [2, 3]:
            self.emit("mean", node.output[0], node.input[0])
            self.place += 1
            return
        group = self.ahead(NORMALISATION)
        if group is None:
            self.stop(node, "begins no normalisation")
        # Scale and shift were written out for every column; all rows are the same.
        scale, shift = (self.constant(one).reshape(-1, self.constant(one).shape[-1])[0] for one in group[7:9])
        epsilon = float(self.constant(group[4]).ravel()[0])
        self.emit("normalise", group[8].output[0], node.input[0], outputs=scale.size,
                  weights=self.keep(numpy.concatenate([scale, [epsilon]])), bias=self.keep(shift))
        self.place += len(group)

    def take_reshape(self, node):
        group = self.ahead(ATTENTION)
        if group is None:
            return self.same(node)
        *_, three, heads, width = (int(one) for one in self.constant(node))
        scale = float(self.constant(group[4]).ravel()[0])
        if three != 3 or float(self.constant(group[5])) != 0 or list(self.attributes(group[1])["perm"]) != [2, 0, 3, 1, 4]:
            self.stop(node, "begins an attention of another kind")
        self.emit("attend", group[-1].output[0], node.input[0], outputs=heads * width, heads=heads,
                  weights=self.keep([scale]))
        self.place += len(group)

    take_transpose = take_squeeze = same

    def take_softmax(self, node):
        self.emit("softmax", node.output[0], node.input[0])
        self.place += 1

    def bytes(self):
        head = struct.pack("<8s4i", b"BLKTNET1", len(self.steps), len(self.steps) + 1, self.classes, self.size)
        steps = b"".join(struct.pack("<20i", *(step.get(field, 0) for field in FIELDS)) for step in self.steps)
        return head + steps + b"".join(one.astype("<f4").tobytes() for one in self.weights)


def main():
    parser = argparse.ArgumentParser(description=__doc__.split("\n")[0])
    parser.add_argument("--model", required=True)
    parser.add_argument("--out", required=True)
    options = parser.parse_args()
    flat = Flattening(onnx.load(options.model)).run()
    data = flat.bytes()
    with open(options.out, "wb") as file:
        file.write(data)
    print(f"{options.out}: {len(flat.steps)} steps, {flat.size} weights, SHA-256 {hashlib.sha256(data).hexdigest()}")


if __name__ == "__main__":
    main()
