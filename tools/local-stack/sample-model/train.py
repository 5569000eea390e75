"""Trains the sample model (handwritten digits, 64 float features), registers it as ONNX and moves an alias to it.

The tracking server and the credentials come from the usual MLflow variables: MLFLOW_TRACKING_URI with
MLFLOW_TRACKING_USERNAME and MLFLOW_TRACKING_PASSWORD (MLflow itself) or MLFLOW_TRACKING_TOKEN (the gateway).
Prints one JSON line: {"name": ..., "version": ..., "run_id": ...}.
"""

import argparse
import json
import logging
import os
import warnings

warnings.filterwarnings("ignore")
os.environ.setdefault("MLFLOW_ENABLE_ARTIFACTS_PROGRESS_BAR", "false")

import mlflow
import mlflow.onnx
import numpy as np
import onnx
import onnxruntime
import skl2onnx
from mlflow.models import infer_signature
from mlflow.tracking import MlflowClient
from skl2onnx.common.data_types import FloatTensorType
from sklearn.datasets import load_digits
from sklearn.linear_model import LogisticRegression
from sklearn.model_selection import train_test_split

# Inverse regularisation strength: "strong" answers visibly less sure than "default".
VARIANTS = {"default": 0.05, "strong": 0.0001}
# Read by every onnxruntime of the last years, also by the one inside the inference app.
ONNX_OPSET = 17


def parse_arguments():
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--model-name", default="digits")
    parser.add_argument("--alias", default="production", help="moved to the new version; empty: leave aliases alone")
    parser.add_argument("--variant", choices=sorted(VARIANTS), default="default")
    parser.add_argument("--experiment", default="digits")
    return parser.parse_args()


def train(variant):
    digits = load_digits()
    features = digits.data.astype(np.float32)
    train_x, test_x, train_y, test_y = train_test_split(features, digits.target, random_state=0)
    model = LogisticRegression(C=VARIANTS[variant], max_iter=500).fit(train_x, train_y)
    return model, test_x, float(model.score(test_x, test_y))


def convert(model):
    """ONNX with two outputs: label (int64) and probabilities (float, one column per class)."""
    return skl2onnx.convert_sklearn(
        model,
        initial_types=[("input", FloatTensorType([None, 64]))],
        options={id(model): {"zipmap": False}},
        target_opset=ONNX_OPSET,
    )


def predict(onnx_model, rows):
    session = onnxruntime.InferenceSession(onnx_model.SerializeToString(), providers=["CPUExecutionProvider"])
    label, probabilities = session.run(["label", "probabilities"], {"input": rows})
    return {"label": label, "probabilities": probabilities}


def register(arguments, onnx_model, example, accuracy):
    mlflow.set_experiment(arguments.experiment)
    with mlflow.start_run(run_name=f"digits-{arguments.variant}") as run:
        mlflow.log_params({"variant": arguments.variant, "C": VARIANTS[arguments.variant]})
        mlflow.log_metric("accuracy", accuracy)
        info = mlflow.onnx.log_model(
            onnx_model,
            name="model",
            registered_model_name=arguments.model_name,
            signature=infer_signature(example, predict(onnx_model, example)),
            input_example=example,
            # Named here, so that MLflow does not load the model in another process to find them out.
            pip_requirements=[f"onnx=={onnx.__version__}", f"onnxruntime=={onnxruntime.__version__}"],
        )
    if arguments.alias:
        MlflowClient().set_registered_model_alias(
            arguments.model_name, arguments.alias, info.registered_model_version
        )
    return {
        "name": arguments.model_name,
        "version": str(info.registered_model_version),
        "run_id": run.info.run_id,
    }


def main():
    logging.getLogger("mlflow").setLevel(logging.ERROR)
    logging.getLogger("skl2onnx").setLevel(logging.ERROR)
    # MLflow prints links to the run on stdout; the one line there is the result.
    os.environ["MLFLOW_SUPPRESS_PRINTING_URL_TO_STDOUT"] = "true"
    arguments = parse_arguments()
    model, test_x, accuracy = train(arguments.variant)
    print(json.dumps(register(arguments, convert(model), test_x[:2], accuracy)))


if __name__ == "__main__":
    main()
