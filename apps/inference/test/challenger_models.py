"""Registers the versions of one model: the one that answers, and its challengers, each behind an alias of its own.

Usage: challenger_models.py MODEL; prints the aliases as JSON. MLflow is found by its usual variables.
"""

import json
import sys

import mlflow
import numpy as np
from execution_models import constant, counting, model, node, value
from mlflow import MlflowClient
from onnx import TensorProto


def production():
    """Answers the number it gets."""
    turns = [value("turns", TensorProto.INT64, [1])]
    done = [value("done", TensorProto.INT64, [1])]
    return model([node("Identity", ["turns"], ["done"])], turns, done)


def hundred():
    """Takes the same, answers a hundred more, and fails on numbers from ten on."""
    turns = [value("turns", TensorProto.INT64, [1])]
    done = [value("done", TensorProto.INT64, [1])]
    table = constant(np.arange(100, 110, dtype=np.int64), "table")
    return model([node("Gather", ["table", "turns"], ["done"])], turns, done, [table])


def renamed():
    """Takes the same under another name."""
    number = [value("number", TensorProto.INT64, [1])]
    done = [value("done", TensorProto.INT64, [1])]
    return model([node("Identity", ["number"], ["done"])], number, done)


VERSIONS = {"production": production, "counting": counting, "hundred": hundred, "renamed": renamed}

if __name__ == "__main__":
    mlflow.set_experiment("inference-challengers")
    [name] = sys.argv[1:]
    for alias, graph in VERSIONS.items():
        with mlflow.start_run():
            info = mlflow.onnx.log_model(
                graph(), name="model", registered_model_name=name, pip_requirements=["onnx"]
            )
        MlflowClient().set_registered_model_alias(name, alias, info.registered_model_version)
    print(json.dumps(list(VERSIONS)))
