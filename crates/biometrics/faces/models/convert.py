#!/usr/bin/env python3
"""Converts the two networks of the Python package `mediapipe` 0.10.14 into *.net files.

    pip install tflite==2.18.0 numpy mediapipe==0.10.14
    python convert.py FOLDER      # FOLDER: .../site-packages/mediapipe/modules

The numbers are not changed: the weights of the originals are 16-bit floats and stay so. What is
done: layers that belong together become one step, channels are filled up with zeros to a multiple
of eight, and of the 468 points of the face only those of POINTS are kept. README.md has the format.
"""
import hashlib
import struct
import sys
from pathlib import Path

import numpy as np
import tflite

LANE = 8
# Points of the mesh, in the order of iBUG 300-W, and the top of the forehead.
POINTS = [
    127, 234, 132, 58, 172, 136, 149, 148, 152, 377, 378, 365, 397, 288, 361, 454, 356,
    70, 63, 105, 66, 107, 336, 296, 334, 293, 300,
    168, 197, 5, 4, 98, 97, 2, 326, 327,
    33, 160, 158, 133, 153, 144, 362, 385, 387, 263, 373, 380,
    61, 40, 37, 0, 267, 270, 291, 321, 314, 17, 84, 91,
    78, 81, 13, 311, 308, 402, 14, 178,
    10,
]
NAMES = {v: k for k, v in vars(tflite.BuiltinOperator).items() if isinstance(v, int)}
ACTIVATION = {"none": 0, "relu": 1, "prelu": 2}


class Graph:
    def __init__(self, path):
        self.model = tflite.Model.GetRootAsModel(path.read_bytes(), 0)
        self.graph = self.model.Subgraphs(0)
        self.makers, self.takers, self.operators = {}, {}, []
        for index in range(self.graph.OperatorsLength()):
            operator = self.graph.Operators(index)
            code = self.model.OperatorCodes(operator.OpcodeIndex())
            name = NAMES[max(code.BuiltinCode(), code.DeprecatedBuiltinCode())]
            inputs, outputs = list(operator.InputsAsNumpy()), list(operator.OutputsAsNumpy())
            self.operators.append((name, inputs, outputs, operator))
            self.makers[outputs[0]] = (name, inputs, outputs, operator)
            for tensor in inputs:
                self.takers.setdefault(tensor, []).append((name, inputs, outputs, operator))

    def weights(self, tensor):
        maker = self.makers.get(tensor)
        if maker and maker[0] == "DEQUANTIZE":
            return self.weights(maker[1][0])
        description = self.graph.Tensors(tensor)
        kind = {0: np.float32, 1: np.float16}[description.Type()]
        data = self.model.Buffers(description.Buffer()).DataAsNumpy().tobytes()
        return np.frombuffer(data, kind).astype(np.float32).reshape(description.ShapeAsNumpy())

    def options(self, operator, depthwise):
        options = operator.BuiltinOptions()
        found = tflite.DepthwiseConv2DOptions() if depthwise else tflite.Conv2DOptions()
        found.Init(options.Bytes, options.Pos)
        return found.StrideH(), found.Padding() == 0

    def activation(self, tensor):
        """The activation behind a tensor: its name, its slopes and the tensor behind it."""
        for name, inputs, outputs, _ in self.takers.get(tensor, []):
            if name == "RELU":
                return "relu", None, outputs[0]
            if name == "PRELU":
                return "prelu", self.weights(inputs[1]).reshape(-1), outputs[0]
        return "none", None, tensor


def filled(values, axes):
    widths = [(0, -values.shape[a] % LANE if a in axes else 0) for a in range(values.ndim)]
    return np.pad(values, widths)


def floats(*arrays):
    out = b""
    for values in arrays:
        half = values.astype("<f2")
        assert np.array_equal(half.astype(np.float32), values), "more than 16 bits"
        out += half.tobytes()
    return out


def step(kind, source, target, size, stride, same, activation, inputs, outputs, body):
    flags = ACTIVATION[activation]
    return struct.pack("<8B2H", kind, source, target, size, stride, same, flags, 0, inputs, outputs) + body


def dense(kernel, bias, slopes, first):
    """Kernel [out, inputs...]: rows of eight outputs for each input, eight outputs after eight."""
    rows = kernel.reshape(kernel.shape[0], -1)
    rows = filled(rows, (0,)).reshape(-1, LANE, rows.shape[1]).transpose(0, 2, 1)
    tail = [] if slopes is None else [filled(slopes, (0,))]
    return floats(*first, rows, filled(bias, (0,)), *tail)


def convert(path, keep=None):
    graph = Graph(path)
    slots = {graph.graph.Inputs(0): 0}
    steps = []

    def slot(tensor):
        return slots.setdefault(tensor, len(slots))

    for name, inputs, outputs, operator in graph.operators:
        if name == "DEPTHWISE_CONV_2D":
            stride, same = graph.options(operator, True)
            assert same
            _, point, result, _ = graph.takers[outputs[0]][0]
            total = next(t for t in graph.takers[result[0]] if t[0] == "ADD")[2][0]
            kind, slopes, behind = graph.activation(total)
            spatial = filled(graph.weights(inputs[1])[0], (2,)).reshape(9, -1)
            spatial_bias = filled(graph.weights(inputs[2]), (0,))
            kernel = filled(graph.weights(point[1]).reshape(len(graph.weights(point[2])), -1), (1,))
            body = dense(kernel, graph.weights(point[2]), slopes, [spatial, spatial_bias])
            wide = -(-kernel.shape[0] // LANE) * LANE
            steps.append(step(1, slot(inputs[0]), slot(behind), 3, stride, 1, kind, kernel.shape[1], wide, body))
        elif name == "CONV_2D":
            if graph.makers.get(inputs[0], [""])[0] == "DEPTHWISE_CONV_2D":
                continue
            stride, same = graph.options(operator, False)
            kind, slopes, behind = graph.activation(outputs[0])
            kernel, bias = graph.weights(inputs[1]), graph.weights(inputs[2])
            if keep and kernel.shape[0] == 1404:
                rows = [3 * point + axis for point in keep for axis in range(3)]
                kernel, bias = kernel[rows], bias[rows]
            if kernel.shape[3] != 3:
                kernel = filled(kernel, (3,))
            body = dense(kernel, bias, slopes, [])
            wide = -(-kernel.shape[0] // LANE) * LANE
            steps.append(step(0, slot(inputs[0]), slot(behind), kernel.shape[1], stride, int(same), kind,
                              kernel.shape[3], wide, body))
    side = graph.graph.Tensors(graph.graph.Inputs(0)).ShapeAsNumpy()[1]
    return b"FNET" + struct.pack("<4H", 1, side, len(steps), len(slots)) + b"".join(steps), len(slots)


def main():
    modules, here = Path(sys.argv[1]), Path(__file__).parent
    for source, target, keep in [
        ("face_detection/face_detection_short_range.tflite", "detector.net", None),
        ("face_landmark/face_landmark.tflite", "landmarks.net", POINTS),
    ]:
        made, slots = convert(modules / source, keep)
        (here / target).write_bytes(made)
        original = hashlib.sha256((modules / source).read_bytes()).hexdigest()
        print(f"{source} {original}\n  {target} {len(made)} bytes, {slots} slots, {hashlib.sha256(made).hexdigest()}")


main()
