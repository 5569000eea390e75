"""Makes models of every kind with the real exporters, registers them, and serves them with MLflow's own scoring server.

Usage: corpus.py serve PREFIX          registers all, then serves each at http://127.0.0.1:PORT/KIND/invocations
       corpus.py make KIND NAME ALIAS  registers one
The first line of the output is JSON: {"port": ..., "models": {KIND: {"name": ..., "version": ...}}}, or what was made.
MLflow is found by its usual variables.
"""

import json
import logging
import os
import socket
import sys
import warnings

warnings.filterwarnings("ignore")
os.environ["MLFLOW_ENABLE_ARTIFACTS_PROGRESS_BAR"] = "false"
os.environ["MLFLOW_SUPPRESS_PRINTING_URL_TO_STDOUT"] = "true"

import mlflow
import numpy as np
import onnx
import pandas as pd
from mlflow import MlflowClient
from mlflow.models import infer_signature
from onnx import TensorProto, helper, numpy_helper
from skl2onnx import convert_sklearn
from skl2onnx.common.data_types import FloatTensorType, Int64TensorType, StringTensorType
from sklearn.compose import ColumnTransformer
from sklearn.datasets import load_iris
from sklearn.linear_model import LinearRegression, LogisticRegression
from sklearn.pipeline import Pipeline
from sklearn.preprocessing import OneHotEncoder

logging.getLogger("mlflow").setLevel(logging.ERROR)
OPSETS = [helper.make_opsetid("", 17), helper.make_opsetid("ai.onnx.ml", 3)]
FLOAT, DOUBLE, INT64, STRING = TensorProto.FLOAT, TensorProto.DOUBLE, TensorProto.INT64, TensorProto.STRING


def graph(nodes, inputs, outputs, weights=()):
    def values(specs):
        return [helper.make_tensor_value_info(name, kind, shape) for name, kind, shape in specs]

    made = helper.make_graph(nodes, "corpus", values(inputs), values(outputs), initializer=list(weights))
    model = helper.make_model(made, opset_imports=OPSETS, ir_version=9)
    onnx.checker.check_model(model)
    return model


def iris(zipmap):
    features, labels = load_iris(return_X_y=True)
    fitted = LogisticRegression(max_iter=500).fit(features, labels)
    return convert_sklearn(
        fitted,
        initial_types=[("features", FloatTensorType([None, 4]))],
        options={id(fitted): {"zipmap": zipmap}},
        target_opset=17,
    )


def classifier():
    example = load_iris().data[:3].astype(np.float32)
    return iris(False), infer_signature(example)


def classifier_columns():
    example = pd.DataFrame(load_iris().data[:3], columns=["sl", "sw", "pl", "pw"])
    return iris(False), infer_signature(example)


def zipmap():
    example = pd.DataFrame(load_iris().data[:3], columns=["sl", "sw", "pl", "pw"])
    return iris(True), infer_signature(example)


def regressor():
    """Named columns of mixed types, each an input of shape (rows, 1): what skl2onnx makes of a pipeline."""
    frame = pd.DataFrame({"size": [50.0, 80, 120, 65], "rooms": [1, 2, 4, 2], "city": ["Kiel", "Bonn", "Kiel", "Ulm"]})
    steps = ColumnTransformer([("city", OneHotEncoder(handle_unknown="ignore"), ["city"])], remainder="passthrough")
    fitted = Pipeline([("prepare", steps), ("fit", LinearRegression())]).fit(frame, [100.0, 150, 260, 120])
    kinds = [("size", FloatTensorType([None, 1])), ("rooms", Int64TensorType([None, 1])), ("city", StringTensorType([None, 1]))]
    arrays = {
        "size": np.array([[50.0]], np.float32),
        "rooms": np.array([[1]], np.int64),
        "city": np.array([["Kiel"]], object),
    }
    return convert_sklearn(fitted, initial_types=kinds, target_opset=17), infer_signature(arrays)


def mixed():
    """Named columns of mixed types, each a vector: what a data frame gives to a model with several inputs."""
    nodes = [
        helper.make_node("Cast", ["rooms"], ["rooms_f"], to=FLOAT),
        helper.make_node("LabelEncoder", ["city"], ["city_f"], domain="ai.onnx.ml", keys_strings=["Kiel", "Bonn"], values_floats=[10.0, 20.0], default_float=0.5),
        helper.make_node("Mul", ["size", "rooms_f"], ["area"]),
        helper.make_node("Add", ["area", "city_f"], ["price"]),
    ]
    model = graph(nodes, [("size", FLOAT, ["n"]), ("rooms", INT64, ["n"]), ("city", STRING, ["n"])], [("price", FLOAT, ["n"])])
    return model, infer_signature(pd.DataFrame({"size": [1.5], "rooms": [2], "city": ["Kiel"]}))


def multi():
    nodes = [helper.make_node("Add", ["a", "b"], ["sum"]), helper.make_node("Mul", ["a", "b"], ["product"])]
    shape = ["n", 2]
    model = graph(nodes, [("a", FLOAT, shape), ("b", FLOAT, shape)], [("sum", FLOAT, shape), ("product", FLOAT, shape)])
    example = np.ones((1, 2), np.float32)
    return model, infer_signature({"a": example, "b": example})


def words():
    node = helper.make_node("LabelEncoder", ["word"], ["code"], domain="ai.onnx.ml", keys_strings=["tide", "gate"], values_int64s=[1, 2], default_int64=-1)
    model = graph([node], [("word", STRING, ["n"])], [("code", INT64, ["n"])])
    return model, infer_signature(pd.DataFrame({"word": ["tide"]}))


def image():
    """Named as the field report's model: images of 3 x 32 x 32, ten classes."""
    weights = np.random.default_rng(0).normal(size=(3, 10)).astype(np.float32)
    nodes = [
        helper.make_node("GlobalAveragePool", ["image"], ["pooled"]),
        helper.make_node("Flatten", ["pooled"], ["flat"]),
        helper.make_node("MatMul", ["flat", "weights"], ["logits"]),
        helper.make_node("Softmax", ["logits"], ["probabilities"]),
    ]
    model = graph(nodes, [("image", FLOAT, ["n", 3, 32, 32])], [("probabilities", FLOAT, ["n", 10])], [numpy_helper.from_array(weights, "weights")])
    return model, infer_signature(np.zeros((1, 3, 32, 32), np.float32))


def integers():
    nodes = [helper.make_node("Add", ["x", "one"], ["y"])]
    one = numpy_helper.from_array(np.array(1, np.int64), "one")
    return graph(nodes, [("x", INT64, ["n", 2])], [("y", INT64, ["n", 2])], [one]), infer_signature(np.ones((1, 2), np.int64))


def external():
    """Weights in a file of their own."""
    weights = np.random.default_rng(1).normal(size=(64, 32)).astype(np.float32)
    nodes = [helper.make_node("MatMul", ["x", "weights"], ["y"])]
    return graph(nodes, [("x", FLOAT, ["n", 64])], [("y", FLOAT, ["n", 32])], [numpy_helper.from_array(weights, "weights")]), infer_signature(np.zeros((1, 64), np.float32))


def untyped():
    """Without a signature."""
    two = numpy_helper.from_array(np.array(2, np.float32), "two")
    return graph([helper.make_node("Mul", ["x", "two"], ["y"])], [("x", FLOAT, ["n", 3])], [("y", FLOAT, ["n", 3])], [two]), None


def ratio():
    """Answers that are no numbers: 0/0, 1/0, -1/0."""
    return graph([helper.make_node("Div", ["a", "b"], ["q"])], [("a", DOUBLE, ["n"]), ("b", DOUBLE, ["n"])], [("q", DOUBLE, ["n"])]), infer_signature(pd.DataFrame({"a": [1.0], "b": [2.0]}))


def slow():
    """About 10 ms a row: the mean of a large product of the row's sum."""
    weights = np.full((1024, 1024), 1 / 1024, np.float32)
    nodes = [
        helper.make_node("ReduceSum", ["x", "last"], ["sum"], keepdims=1),
        helper.make_node("Expand", ["sum", "size"], ["wide"]),
        helper.make_node("Reshape", ["wide", "matrix"], ["rows"]),
        helper.make_node("MatMul", ["rows", "weights"], ["product"]),
        helper.make_node("Reshape", ["product", "flat"], ["means"]),
        helper.make_node("ReduceMean", ["means"], ["y"], axes=[1], keepdims=1),
    ]
    constants = {"last": [1], "size": [1, 256 * 1024], "matrix": [-1, 1024], "flat": [-1, 256 * 1024]}
    arrays = [numpy_helper.from_array(np.array(value, np.int64), name) for name, value in constants.items()]
    return graph(nodes, [("x", FLOAT, ["n", 4])], [("y", FLOAT, ["n", 1])], [*arrays, numpy_helper.from_array(weights, "weights")]), infer_signature(np.zeros((1, 4), np.float32))


def centred():
    """Rows depend on each other: each less the mean of all."""
    nodes = [helper.make_node("ReduceMean", ["x"], ["mean"], axes=[0], keepdims=1), helper.make_node("Sub", ["x", "mean"], ["y"])]
    return graph(nodes, [("x", FLOAT, ["n", 2])], [("y", FLOAT, ["n", 2])]), infer_signature(np.zeros((1, 2), np.float32))


def fixed():
    """Takes one row at a time."""
    two = numpy_helper.from_array(np.array(2, np.float32), "two")
    return graph([helper.make_node("Mul", ["x", "two"], ["y"])], [("x", FLOAT, [1, 2])], [("y", FLOAT, [1, 2])], [two]), infer_signature(np.zeros((1, 2), np.float32))


SCORED = (classifier, classifier_columns, zipmap, regressor, mixed, multi, words, image, integers, external, untyped, ratio)
KINDS = {
    made.__name__.replace("_", "-"): made
    for made in (*SCORED, slow, centred, fixed)
}


def register(kind, name, alias):
    model, signature = KINDS[kind]()
    mlflow.set_experiment("scoring-corpus")
    with mlflow.start_run():
        info = mlflow.onnx.log_model(
            model, name="model", registered_model_name=name, signature=signature, pip_requirements=["onnx"], save_as_external_data=True
        )
    MlflowClient().set_registered_model_alias(name, alias, info.registered_model_version)
    return {"name": name, "version": str(info.registered_model_version), "uri": info.model_uri}


def serve(prefix):
    import uvicorn
    from fastapi import FastAPI
    from mlflow.pyfunc import load_model, scoring_server

    app = FastAPI()
    models = {}
    for kind in list(KINDS)[: len(SCORED)]:
        models[kind] = register(kind, f"{prefix}-{'cifar10-model' if kind == 'image' else kind}", "production")
        # The application that `mlflow models serve` runs.
        app.mount(f"/{kind}", scoring_server.init(load_model(models[kind]["uri"])))
    listener = socket.socket()
    listener.bind(("127.0.0.1", 0))
    print(json.dumps({"port": listener.getsockname()[1], "models": models}), flush=True)
    uvicorn.Server(uvicorn.Config(app, log_level="critical")).run(sockets=[listener])


if __name__ == "__main__":
    command, *arguments = sys.argv[1:]
    if command == "serve":
        serve(*arguments)
    else:
        print(json.dumps(register(*arguments)))
