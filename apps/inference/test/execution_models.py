"""Registers models whose execution is worth a test, and says what onnxruntime in Python answers.

Usage: execution_models.py register KIND=MODEL... | answers MODEL INSTANCES; prints one line of JSON. MLflow is found by its
usual variables; KIND is a function below, INSTANCES the rows of its one input as JSON.
"""

import json
import logging
import os
import sys
import warnings

warnings.filterwarnings("ignore")
os.environ["MLFLOW_ENABLE_ARTIFACTS_PROGRESS_BAR"] = "false"
os.environ["MLFLOW_SUPPRESS_PRINTING_URL_TO_STDOUT"] = "true"

import mlflow
import numpy as np
import onnxruntime
from mlflow import MlflowClient
from onnx import TensorProto, helper, numpy_helper

logging.getLogger("mlflow").setLevel(logging.ERROR)
value = helper.make_tensor_value_info
node = helper.make_node
constant = numpy_helper.from_array
WIDTH = 256


def model(nodes, inputs, outputs, constants=()):
    graph = helper.make_graph(nodes, "test", inputs, outputs, list(constants))
    return helper.make_model(graph, opset_imports=[helper.make_opsetid("", 17)], ir_version=9)


def repeated(count, start, result):
    """`STEP`, `count` times from `start`."""
    state = [value(each, TensorProto.FLOAT, None) for each in ("state", "next")]
    body = helper.make_graph(
        [node("Identity", ["go"], ["still"]), *STEP],
        "body",
        [value("turn", TensorProto.INT64, []), value("go", TensorProto.BOOL, []), state[0]],
        [value("still", TensorProto.BOOL, []), state[1]],
    )
    return node("Loop", [count, "", start], [result], body=body)


WEIGHTS = constant(np.random.default_rng(1).normal(0, 0.04, (WIDTH, WIDTH)).astype(np.float32), "weights")
# It settles on what "start" is, so that rounding in another order does not grow from turn to turn.
STEP = [
    node("MatMul", ["state", "weights"], ["product"]),
    node("Add", ["product", "start"], ["sum"]),
    node("Tanh", ["sum"], ["next"]),
]


def slow():
    """About 30 ms for a row: what it computes of [rows, 4] depends on all of it."""
    rows = [value("x", TensorProto.FLOAT, ["rows", 4])]
    made = [value("y", TensorProto.FLOAT, ["rows", 3])]
    constants = [
        WEIGHTS,
        constant(np.random.default_rng(2).normal(0, 1, (4, WIDTH)).astype(np.float32), "widen"),
        constant(np.random.default_rng(3).normal(0, 1, (WIDTH, 3)).astype(np.float32), "narrow"),
        constant(np.array(5000, np.int64), "turns"),
    ]
    nodes = [
        node("MatMul", ["x", "widen"], ["start"]),
        repeated("turns", "start", "last"),
        node("MatMul", ["last", "narrow"], ["y"]),
    ]
    return model(nodes, rows, made, constants)


def counting():
    """Runs as long as it is told: the input is a number of turns of about 4 µs."""
    constants = [
        WEIGHTS,
        constant(np.ones((1, WIDTH), np.float32), "start"),
        constant(np.array([], np.int64), "scalar"),
        constant(np.array([0], np.int64), "none"),
    ]
    turns = [value("turns", TensorProto.INT64, [1])]
    made = [value("done", TensorProto.INT64, [1])]
    nodes = [
        node("Reshape", ["turns", "scalar"], ["count"]),
        repeated("count", "start", "last"),
        node("ReduceMax", ["last"], ["highest"], keepdims=0),
        node("Cast", ["highest"], ["whole"], to=TensorProto.INT64),
        node("Mul", ["whole", "none"], ["nothing"]),
        node("Add", ["turns", "nothing"], ["done"]),
    ]
    return model(nodes, turns, made, constants)


def centred():
    """Rows change each other: each column loses its mean."""
    rows, made = ([value(name, TensorProto.FLOAT, ["rows", 2])] for name in ("x", "y"))
    return model([node("ReduceMean", ["x"], ["mean"], axes=[0]), node("Sub", ["x", "mean"], ["y"])], rows, made)


def total():
    """One row, whatever it gets, although it does not say so."""
    rows = [value("x", TensorProto.FLOAT, ["rows", 2])]
    made = [value("y", TensorProto.FLOAT, ["sums", 2])]
    axis = constant(np.array([0], np.int64), "axis")
    return model([node("ReduceSum", ["x", "axis"], ["y"])], rows, made, [axis])


def one_row():
    """The first dimension is fixed."""
    rows = [value("x", TensorProto.FLOAT, [1, 2])]
    made = [value("y", TensorProto.FLOAT, [1, 2])]
    return model([node("Add", ["x", "x"], ["y"])], rows, made)


def words():
    """Texts in lower case."""
    rows = [value("x", TensorProto.STRING, ["words"])]
    made = [value("y", TensorProto.STRING, ["left"])]
    return model([node("StringNormalizer", ["x"], ["y"], case_change_action="LOWER", locale="C")], rows, made)


def lookup():
    """Rows of a table with ten rows, by their numbers."""
    numbers = [value("number", TensorProto.INT64, ["rows"])]
    made = [value("y", TensorProto.FLOAT, ["rows", 2])]
    table = constant(np.arange(20, dtype=np.float32).reshape(10, 2), "table")
    return model([node("Gather", ["table", "number"], ["y"])], numbers, made, [table])


def register(*wanted):
    for kind, name in (each.split("=") for each in wanted):
        with mlflow.start_run():
            info = mlflow.onnx.log_model(
                globals()[kind](), name="model", registered_model_name=name, pip_requirements=["onnx"]
            )
        MlflowClient().set_registered_model_alias(name, "production", info.registered_model_version)
    return wanted


def answers(name, instances):
    graph = mlflow.onnx.load_model(f"models:/{name}@production")
    session = onnxruntime.InferenceSession(graph.SerializeToString(), providers=["CPUExecutionProvider"])
    rows = np.array(json.loads(instances))
    if rows.dtype.kind in "if":
        rows = rows.astype(np.float32)
    [result] = session.run(None, {session.get_inputs()[0].name: rows})
    return result.tolist()


if __name__ == "__main__":
    mlflow.set_experiment("inference-execution")
    command, *arguments = sys.argv[1:]
    print(json.dumps({"register": register, "answers": answers}[command](*arguments)))
