"""Models of the benchmark in MLflow, and what Python's onnxruntime answers with them.

Usage: bench_models.py export MODEL VERSION FILE
       bench_models.py slow MODEL ALIAS MILLISECONDS
Prints one line of JSON. MLflow is found by its usual variables.
"""

import json
import logging
import os
import sys
import time
import warnings

warnings.filterwarnings("ignore")
os.environ["MLFLOW_ENABLE_ARTIFACTS_PROGRESS_BAR"] = "false"
os.environ["MLFLOW_SUPPRESS_PRINTING_URL_TO_STDOUT"] = "true"

import mlflow
import mlflow.onnx
import numpy as np
import onnx
import onnxruntime
from mlflow import MlflowClient
from onnx import TensorProto, helper, numpy_helper
from sklearn.datasets import load_digits

logging.getLogger("mlflow").setLevel(logging.ERROR)
ROWS = 64
SLOW_FEATURES = 16
SLOW_SIDE = 256


def session_of(model):
    options = onnxruntime.SessionOptions()
    options.intra_op_num_threads = 1
    return onnxruntime.InferenceSession(model.SerializeToString(), options, providers=["CPUExecutionProvider"])


def export(name, version, file):
    """Writes the ONNX file of a version and says what it answers for real digits."""
    model = mlflow.onnx.load_model(f"models:/{name}/{version}")
    onnx.save(model, file)
    rows = load_digits().data[:ROWS].astype(np.float32)
    label, probabilities = session_of(model).run(["label", "probabilities"], {"input": rows})
    return {
        "rows": rows.astype(int).tolist(),
        "predictions": [
            {"label": one, "probabilities": each} for one, each in zip(label.tolist(), probabilities.tolist())
        ],
    }


def chain(length):
    """Rows of 16 numbers, each spread to a square that is multiplied `length` times: costs grow with the rows."""
    random = np.random.default_rng(0)
    # Orthogonal: however often it is multiplied, numbers keep their size.
    turn, _ = np.linalg.qr(random.standard_normal((SLOW_SIDE, SLOW_SIDE)))
    constants = {
        "spread": random.standard_normal((SLOW_FEATURES, SLOW_SIDE)),
        "square": random.standard_normal((SLOW_SIDE, SLOW_SIDE)) / SLOW_SIDE,
        "turn": turn,
    }
    nodes = [
        helper.make_node("MatMul", ["input", "spread"], ["wide"]),
        helper.make_node("Unsqueeze", ["wide", "axis"], ["column"]),
        helper.make_node("Mul", ["column", "square"], ["x0"]),
        *(helper.make_node("MatMul", [f"x{at}", "turn"], [f"x{at + 1}"]) for at in range(length)),
        helper.make_node("ReduceSum", [f"x{length}", "axes"], ["score"], keepdims=0),
    ]
    initializers = [numpy_helper.from_array(value.astype(np.float32), key) for key, value in constants.items()]
    initializers.append(numpy_helper.from_array(np.array([2], dtype=np.int64), "axis"))
    initializers.append(numpy_helper.from_array(np.array([1, 2], dtype=np.int64), "axes"))
    graph = helper.make_graph(
        nodes,
        "slow",
        [helper.make_tensor_value_info("input", TensorProto.FLOAT, ["rows", SLOW_FEATURES])],
        [helper.make_tensor_value_info("score", TensorProto.FLOAT, ["rows"])],
        initializers,
    )
    return helper.make_model(graph, opset_imports=[helper.make_opsetid("", 17)], ir_version=9)


def run_ms(model, rows, runs=20):
    """Processor time, and the best of some: what the machine did besides shall not count."""
    session = session_of(model)
    took = []
    for _ in range(runs):
        started = time.thread_time()
        session.run(None, {"input": rows})
        took.append((time.thread_time() - started) * 1000)
    return min(took)


def slow(name, alias, milliseconds):
    """Registers a model that computes about so long for one row on this machine."""
    rows = np.linspace(-1, 1, SLOW_FEATURES, dtype=np.float32)[None, :]
    length = 20
    for _ in range(3):
        length = max(1, round(length * float(milliseconds) / run_ms(chain(length), rows)))
    model = chain(length)
    # Before MLflow moves the weights out of this object into a file of their own.
    (score,) = session_of(model).run(["score"], {"input": rows})
    reached_ms = run_ms(model, rows)
    mlflow.set_experiment("bench")
    with mlflow.start_run():
        info = mlflow.onnx.log_model(
            model, name="model", registered_model_name=name, pip_requirements=["onnx", "onnxruntime"]
        )
    MlflowClient().set_registered_model_alias(name, alias, info.registered_model_version)
    return {"rows": rows.tolist(), "predictions": score.tolist(), "runMs": reached_ms}


if __name__ == "__main__":
    command, *arguments = sys.argv[1:]
    print(json.dumps({"export": export, "slow": slow}[command](*arguments)))
