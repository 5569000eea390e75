"""Registers a model with an input and an equal output of every element type that is served, and one output with
infinities.

Usage: open-inference-model.py MODEL ALIAS; prints one line of JSON. MLflow is found by its usual variables.
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
from mlflow import MlflowClient
from onnx import TensorProto, helper

logging.getLogger("mlflow").setLevel(logging.ERROR)

# By their names in the protocol.
TYPES = {
    "BOOL": TensorProto.BOOL,
    "INT8": TensorProto.INT8,
    "INT16": TensorProto.INT16,
    "INT32": TensorProto.INT32,
    "INT64": TensorProto.INT64,
    "UINT8": TensorProto.UINT8,
    "UINT16": TensorProto.UINT16,
    "UINT32": TensorProto.UINT32,
    "UINT64": TensorProto.UINT64,
    "FP32": TensorProto.FLOAT,
    "FP64": TensorProto.DOUBLE,
    "BYTES": TensorProto.STRING,
}


def every_type():
    shape = ["rows", 2]
    nodes = [helper.make_node("Identity", [name], [f"same_{name}"]) for name in TYPES]
    nodes.append(helper.make_node("Reciprocal", ["FP32"], ["inverse"]))
    inputs = [helper.make_tensor_value_info(name, kind, shape) for name, kind in TYPES.items()]
    outputs = [helper.make_tensor_value_info(f"same_{name}", kind, shape) for name, kind in TYPES.items()]
    outputs.append(helper.make_tensor_value_info("inverse", TensorProto.FLOAT, shape))
    graph = helper.make_graph(nodes, "every_type", inputs, outputs)
    return helper.make_model(graph, opset_imports=[helper.make_opsetid("", 17)], ir_version=9)


if __name__ == "__main__":
    name, alias = sys.argv[1:]
    mlflow.set_experiment("inference-tests")
    with mlflow.start_run():
        # The requirements are named, so that MLflow does not load the model in another process to find them out.
        info = mlflow.onnx.log_model(
            every_type(), name="model", registered_model_name=name, pip_requirements=["onnx"]
        )
    MlflowClient().set_registered_model_alias(name, alias, info.registered_model_version)
    print(json.dumps({"name": name, "version": str(info.registered_model_version)}))
