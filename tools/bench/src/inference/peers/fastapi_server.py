"""What a team writes that wants to serve this one model: FastAPI, a typed body, onnxruntime in the event loop.

MODEL_PATH names the ONNX file. Started by uvicorn as fastapi_server:app.
"""

import os

import numpy as np
import onnxruntime
import orjson
from fastapi import FastAPI, Response
from pydantic import BaseModel

options = onnxruntime.SessionOptions()
options.intra_op_num_threads = 1
session = onnxruntime.InferenceSession(os.environ["MODEL_PATH"], options, providers=["CPUExecutionProvider"])
app = FastAPI()


class Body(BaseModel):
    instances: list[list[float]]


@app.post("/predict")
async def predict(body: Body):
    rows = np.asarray(body.instances, dtype=np.float32)
    label, probabilities = session.run(["label", "probabilities"], {"input": rows})
    predictions = [
        {"label": one, "probabilities": each} for one, each in zip(label.tolist(), probabilities.tolist())
    ]
    return Response(orjson.dumps({"predictions": predictions}), media_type="application/json")
