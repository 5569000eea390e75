"""Registers what the tests of the inference app need beside the sample model, and says what a model answers.

Usage: registry_scenarios.py COMMAND MODEL [ALIAS]; prints one line of JSON. MLflow is found by its usual variables.
"""

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
from onnx import TensorProto, helper
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


def register_corrupt(name, alias):
    """A version whose ONNX file is no ONNX file."""
    with tempfile.TemporaryDirectory() as folder, mlflow.start_run() as run:
        path = os.path.join(folder, "model")
        mlflow.onnx.save_model(identity_graph(), path, pip_requirements=REQUIREMENTS)
        with open(os.path.join(path, "model.onnx"), "wb") as file:
            file.write(b"this is not a model")
        mlflow.log_artifacts(path, "model")
        made = MlflowClient().create_model_version(name, mlflow.get_artifact_uri("model"), run.info.run_id)
    return aliased(name, alias, made.version)


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
        "sklearn": register_sklearn,
    }
    command, *arguments = sys.argv[1:]
    if command != "answers":
        mlflow.set_experiment("inference-tests")
    print(json.dumps(commands[command](*arguments)))
