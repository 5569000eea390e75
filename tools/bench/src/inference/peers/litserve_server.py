"""The model in LitServe with one worker; MODEL_PATH names the ONNX file. Argument: the port."""

import os
import sys

import litserve
import numpy as np
import onnxruntime


class Digits(litserve.LitAPI):
    def setup(self, device):
        options = onnxruntime.SessionOptions()
        options.intra_op_num_threads = 1
        self.session = onnxruntime.InferenceSession(
            os.environ["MODEL_PATH"], options, providers=["CPUExecutionProvider"]
        )

    def decode_request(self, request):
        return np.asarray(request["instances"], dtype=np.float32)

    def predict(self, rows):
        return self.session.run(["label", "probabilities"], {"input": rows})

    def encode_response(self, output):
        label, probabilities = output
        return {
            "predictions": [
                {"label": one, "probabilities": each} for one, each in zip(label.tolist(), probabilities.tolist())
            ]
        }


if __name__ == "__main__":
    server = litserve.LitServer(Digits(), accelerator="cpu", workers_per_device=1)
    server.run(host="127.0.0.1", port=int(sys.argv[1]), generate_client_file=False, log_level="warning")
