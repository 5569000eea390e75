"""Registers what the tests of the inference app need beside the sample model, and says what a model answers.

Usage: registry_scenarios.py COMMAND MODEL [ALIAS [ARGUMENT]]; prints one line of JSON. MLflow is found by its usual variables.
"""

import hashlib
import json
import logging
import os
import sys
import tempfile
import warnings

warnings.filterwarnings("ignore")
os.environ["MLFLOW_ENABLE_ARTIFACTS_PROGRESS_BAR"] = "false"
os.environ["MLFLOW_SUPPRESS_PRINTING_URL_TO_STDOUT"] = "true"

import mlflow
import numpy as np
import onnx
import onnxruntime
from mlflow import MlflowClient
from mlflow.models import ModelSignature
from mlflow.types import Schema, TensorSpec
from onnx import TensorProto, helper, numpy_helper
from sklearn.datasets import load_digits
from sklearn.linear_model import LogisticRegression

logging.getLogger("mlflow").setLevel(logging.ERROR)
# Named, so that MLflow does not load the models in another process to find them out.
REQUIREMENTS = ["onnx"]


def answers(name, version, rows=20):
    """What onnxruntime in Python gives for the first digits."""
    model = mlflow.onnx.load_model(f"models:/{name}/{version}")
    features = load_digits().data[:rows].astype(np.float32)
    session = onnxruntime.InferenceSession(model.SerializeToString(), providers=["CPUExecutionProvider"])
    label, probabilities = session.run(["label", "probabilities"], {"input": features})
    return {
        "instances": features.tolist(),
        "labels": label.tolist(),
        "probabilities": probabilities.tolist(),
    }


def identity_graph():
    """Two named inputs that come back as they are: integers of 64 bits and text."""
    types = {"count": TensorProto.INT64, "word": TensorProto.STRING}
    nodes = [helper.make_node("Identity", [name], [f"same_{name}"]) for name in types]
    inputs = [helper.make_tensor_value_info(name, kind, ["rows", 1]) for name, kind in types.items()]
    outputs = [helper.make_tensor_value_info(f"same_{name}", kind, ["rows", 1]) for name, kind in types.items()]
    graph = helper.make_graph(nodes, "identity", inputs, outputs)
    return helper.make_model(graph, opset_imports=[helper.make_opsetid("", 17)], ir_version=9)


def register_identity(name, alias):
    with mlflow.start_run():
        info = mlflow.onnx.log_model(
            identity_graph(), name="model", registered_model_name=name, pip_requirements=REQUIREMENTS
        )
    return aliased(name, alias, info.registered_model_version)


def register_changed(name, alias, change, signature=None, tags=None):
    """A version of a run whose files were changed after MLflow had saved them."""
    client = MlflowClient()
    with tempfile.TemporaryDirectory() as folder, mlflow.start_run() as run:
        path = os.path.join(folder, "model")
        mlflow.onnx.save_model(identity_graph(), path, signature=signature, pip_requirements=REQUIREMENTS)
        change(path)
        mlflow.log_artifacts(path, "model")
        if not client.search_registered_models(f"name='{name}'"):
            client.create_registered_model(name)
        made = client.create_model_version(name, mlflow.get_artifact_uri("model"), run.info.run_id, tags=tags)
    return aliased(name, alias, made.version)


def register_corrupt(name, alias):
    """A version whose ONNX file is no ONNX file."""

    def overwrite(path):
        with open(os.path.join(path, "model.onnx"), "wb") as file:
            file.write(b"this is not a model")

    return register_changed(name, alias, overwrite)


def register_truncated(name, alias):
    """A version whose upload stopped in the middle of the ONNX file."""

    def cut(path):
        file = os.path.join(path, "model.onnx")
        os.truncate(file, os.path.getsize(file) // 2)

    return register_changed(name, alias, cut)


def register_incomplete(name, alias):
    """A version without the file its MLmodel names."""
    return register_changed(name, alias, lambda path: os.remove(os.path.join(path, "model.onnx")))


def register_without_data(name, alias):
    """A version without the external data its ONNX file names."""

    def take_away(path):
        weights = numpy_helper.from_array(np.ones((1, 1000), np.float32), "weights")
        node = helper.make_node("Add", ["x", "weights"], ["y"])
        values = [helper.make_tensor_value_info(each, TensorProto.FLOAT, ["rows", 1000]) for each in "xy"]
        graph = helper.make_graph([node], "sum", values[:1], values[1:], [weights])
        model = helper.make_model(graph, opset_imports=[helper.make_opsetid("", 17)], ir_version=9)
        onnx.save(model, os.path.join(path, "model.onnx"), save_as_external_data=True, location="weights.bin")
        os.remove(os.path.join(path, "weights.bin"))

    return register_changed(name, alias, take_away)


def register_contradictory(name, alias):
    """A version whose signature is of another graph."""
    signature = ModelSignature(Schema([TensorSpec(np.dtype(np.float32), (-1, 3, 32, 32), "image")]))
    return register_changed(name, alias, lambda path: None, signature)


def register_tagged(name, alias, sha256=None):
    """A version with a tag that says which hash its ONNX file has; without one, the hash it really has."""
    tags = {}

    def measure(path):
        with open(os.path.join(path, "model.onnx"), "rb") as file:
            tags["sha256/model.onnx"] = sha256 or hashlib.sha256(file.read()).hexdigest()

    return register_changed(name, alias, measure, tags=tags)


def register_padded(name, alias, size):
    """A version with a file of so many bytes beside its ONNX file."""

    def pad(path):
        with open(os.path.join(path, "padding"), "wb") as file:
            file.write(os.urandom(int(size)))

    return register_changed(name, alias, pad)


def save_identity(folder):
    """The files of a version, on this machine."""
    mlflow.onnx.save_model(identity_graph(), folder, pip_requirements=REQUIREMENTS)


def register_sklearn(name, alias):
    """A flavour that is not served."""
    features, labels = load_digits(return_X_y=True)
    with mlflow.start_run():
        info = mlflow.sklearn.log_model(
            LogisticRegression(max_iter=5).fit(features, labels),
            name="model",
            registered_model_name=name,
            pip_requirements=REQUIREMENTS,
            # MLflow refuses pickle files by default.
            serialization_format="cloudpickle",
        )
    return aliased(name, alias, info.registered_model_version)


def aliased(name, alias, version):
    MlflowClient().set_registered_model_alias(name, alias, version)
    return {"name": name, "version": str(version)}


if __name__ == "__main__":
    commands = {
        "answers": answers,
        "identity": register_identity,
        "corrupt": register_corrupt,
        "truncated": register_truncated,
        "incomplete": register_incomplete,
        "without-data": register_without_data,
        "contradictory": register_contradictory,
        "tagged": register_tagged,
        "padded": register_padded,
        "save": save_identity,
        "sklearn": register_sklearn,
    }
    command, *arguments = sys.argv[1:]
    if command not in ("answers", "save"):
        mlflow.set_experiment("inference-tests")
    print(json.dumps(commands[command](*arguments)))
