"""The model as a BentoML service with one worker; MODEL_PATH names the ONNX file."""

import os

import bentoml
import numpy as np
import onnxruntime


@bentoml.service(workers=1)
class Digits:
    def __init__(self) -> None:
        options = onnxruntime.SessionOptions()
        options.intra_op_num_threads = 1
        self.session = onnxruntime.InferenceSession(
            os.environ["MODEL_PATH"], options, providers=["CPUExecutionProvider"]
        )

    @bentoml.api
    async def predict(self, instances: list[list[float]]) -> dict:
        rows = np.asarray(instances, dtype=np.float32)
        label, probabilities = self.session.run(["label", "probabilities"], {"input": rows})
        return {
            "predictions": [
                {"label": one, "probabilities": each} for one, each in zip(label.tolist(), probabilities.tolist())
            ]
        }
