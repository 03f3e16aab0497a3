"""Runs what the export to ONNX writes in onnxruntime, and tells how far it is from the numbers that Sluice gives.

    SLUICE_ONNX=/tmp/onnx npx vitest run --project formats packages/formats/src/onnx/export
    python packages/formats/scripts/checkOnnx.py /tmp/onnx

Needs onnx, onnxruntime and numpy. The first command puts NAME.onnx and NAME.json (inputs and outputs, at several sizes) into the folder. Each file must
pass onnx.checker with shape inference, and each output lie within 2e-6 of ours, relative above 1. Exits with 1 otherwise.
"""
import glob
import json
import os
import sys
from collections import Counter

import numpy as np
import onnx
import onnxruntime

BOUND = 2e-6
DTYPES = {"f32": np.float32, "f64": np.float64, "i32": np.int32}


def array(value):
    numbers = [float(n) for n in value["data"]]
    return np.array(numbers, DTYPES[value["dtype"]]).reshape(value["shape"])


def difference(got, wanted):
    assert got.shape == wanted.shape, (got.shape, wanted.shape)
    assert (np.isnan(got) == np.isnan(wanted)).all(), "not a number where one is wanted, or the other way round"
    with np.errstate(invalid="ignore"):
        apart = np.where((got == wanted) | np.isnan(wanted), 0, np.abs(got - wanted) / np.maximum(1, np.abs(wanted)))
    return float(apart.max(initial=0))


def operators(graph):
    for node in graph.node:
        yield node.op_type
        for attribute in node.attribute:
            yield from operators(attribute.g)


def check(path):
    model = onnx.load(path)
    onnx.checker.check_model(model, full_check=True)
    session = onnxruntime.InferenceSession(path, providers=["CPUExecutionProvider"])
    names = [output.name for output in session.get_outputs()]
    worst, runs = 0.0, json.load(open(path.removesuffix(".onnx") + ".json"))
    for run in runs:
        got = dict(zip(names, session.run(names, {name: array(value) for name, value in run["inputs"].items()})))
        worst = max([worst, *(difference(got[name], array(value)) for name, value in run["outputs"].items())])
    return worst, len(runs), Counter(operators(model.graph))


def main(folder):
    onnxruntime.set_default_logger_severity(3)
    worst, bad = 0.0, 0
    for path in sorted(glob.glob(os.path.join(folder, "*.onnx"))):
        name = os.path.basename(path).removesuffix(".onnx")
        try:
            apart, runs, used = check(path)
        except Exception as error:  # of whatever the runtime throws
            bad += 1
            print(f"{name:32} FAILED {type(error).__name__}: {error}")
            continue
        worst = max(worst, apart)
        bad += apart > BOUND
        print(f"{name:32} {apart:.1e} {runs} runs  {' '.join(f'{op}×{n}' if n > 1 else op for op, n in sorted(used.items()))}")
    print(f"largest difference {worst:.1e}; {bad} beyond {BOUND} or failed")
    sys.exit(bad > 0)


main(sys.argv[1])
