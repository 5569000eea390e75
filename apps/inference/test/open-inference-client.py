"""Asks the inference app as a stranger would: with tritonclient, the client of the Triton Inference Server.

Usage: open-inference-client.py COMMAND HOST:PORT MODEL [JSON]; prints one line of JSON.
"""

import json
import sys

import numpy as np
import tritonclient.http as triton
from tritonclient.utils import InferenceServerException, triton_to_np_dtype

# Two rows of two, the limits of each type among them.
VALUES = {
    "BOOL": [[True, False], [False, True]],
    "INT8": [[-128, 127], [0, 1]],
    "INT16": [[-(2**15), 2**15 - 1], [0, 1]],
    "INT32": [[-(2**31), 2**31 - 1], [0, 1]],
    "INT64": [[2**53 + 1, -(2**63)], [2**63 - 1, 7]],
    "UINT8": [[0, 255], [1, 2]],
    "UINT16": [[0, 2**16 - 1], [1, 2]],
    "UINT32": [[0, 2**32 - 1], [1, 2]],
    "UINT64": [[2**64 - 1, 2**53 + 1], [0, 7]],
    "FP32": [[0.0, 0.1], [-1.5, 3.4e38]],
    "FP64": [[0.1, 1e-300], [-1.7e308, 2.0]],
    "BYTES": [["tide", ""], ["gäte 🌊", '"quoted"\n']],
}


def arrays():
    return {
        name: np.array(
            [[text.encode() for text in row] for row in rows] if name == "BYTES" else rows,
            dtype=triton_to_np_dtype(name),
        )
        for name, rows in VALUES.items()
    }


def inputs_of(values, is_binary):
    inputs = []
    for number, (name, array) in enumerate(values.items()):
        made = triton.InferInput(name, array.shape, name)
        # "mixed": every other one.
        made.set_data_from_numpy(array, binary_data=number % 2 == 0 if is_binary == "mixed" else is_binary)
        inputs.append(made)
    return inputs


def failure(ask):
    """Status and text of the error that `ask` must end in."""
    try:
        answer = ask()
    except InferenceServerException as error:
        return {"status": error.status(), "error": error.message()}
    return {"answer": repr(answer)}


def status(client, model):
    """Everything but inference, all of it by name and by version."""
    return {
        "live": client.is_server_live(),
        "ready": client.is_server_ready(),
        "server": client.get_server_metadata(),
        "model_ready": [client.is_model_ready(model), client.is_model_ready(model, "1"), client.is_model_ready(model, "2")],
        "other_ready": client.is_model_ready("other"),
        "model": client.get_model_metadata(model),
        "model_by_alias": client.get_model_metadata(f"{model}@production", "1"),
        "index": client.get_model_repository_index(),
        "other": failure(lambda: client.get_model_metadata("other")),
        "other_version": failure(lambda: client.get_model_metadata(model, "2")),
        "load": failure(lambda: client.load_model(model)),
        "unload": failure(lambda: client.unload_model(model)),
        "statistics": failure(lambda: client.get_inference_statistics(model)),
    }


def digits(client, model, features):
    """Labels and probabilities, asked for in each form."""
    array = np.array(json.loads(features), dtype=np.float32)
    answers = {}
    for form, is_binary in {"json": False, "binary": True}.items():
        given = triton.InferInput("input", array.shape, "FP32")
        given.set_data_from_numpy(array, binary_data=is_binary)
        outputs = [triton.InferRequestedOutput(name, binary_data=is_binary) for name in ["label", "probabilities"]]
        result = client.infer(model, [given], outputs=outputs, request_id=f"asked as {form}")
        answers[form] = {
            "labels": result.as_numpy("label").tolist(),
            "probabilities": result.as_numpy("probabilities").tolist(),
            "id": result.get_response()["id"],
            "model": [result.get_response()["model_name"], result.get_response()["model_version"]],
        }
    return answers


def types(client, model):
    """Which values came back changed, of every type in every form; nothing is the best answer."""
    values = arrays()
    changed = []
    for is_binary_in in [True, False, "mixed"]:
        for is_binary_out in [True, False]:
            outputs = [triton.InferRequestedOutput(f"same_{name}", binary_data=is_binary_out) for name in values]
            result = client.infer(model, inputs_of(values, is_binary_in), outputs=outputs)
            for name, sent in values.items():
                got = result.as_numpy(f"same_{name}")
                if name == "BYTES" and not is_binary_out:
                    got = np.array([[text.encode() for text in row] for row in got], dtype=np.object_)
                if got.dtype != sent.dtype or not np.array_equal(got, sent):
                    changed.append([str(is_binary_in), is_binary_out, name, repr(got)])
    return {"changed": changed, "compared": len(values)}


def outputs(client, model):
    """Which outputs come back, for all that can be wished; and what JSON makes of infinities."""
    values = arrays()
    everything = client.infer(model, inputs_of(values, True))
    one = client.infer(model, inputs_of(values, True), outputs=[triton.InferRequestedOutput("inverse", binary_data=False)])
    return {
        "all": [output["name"] for output in everything.get_response()["outputs"]],
        "all_binary": all("data" not in output for output in everything.get_response()["outputs"]),
        "infinity_binary": str(everything.as_numpy("inverse")[0][0]),
        "one": [output["name"] for output in one.get_response()["outputs"]],
        "infinity_json": one.get_response()["outputs"][0]["data"][0],
    }


def errors(client, model):
    values = arrays()

    def infer(changes, version="", **options):
        given = {name: array for name, array in {**values, **changes}.items() if array is not None}
        return failure(lambda: client.infer(model, inputs_of(given, True), model_version=version, **options))

    short = inputs_of(values, True)
    short[0].set_shape([3, 2])
    half = inputs_of(values, True)
    half[0] = triton.InferInput("BOOL", [2, 2], "FP16")
    half[0].set_data_from_numpy(np.zeros([2, 2], dtype=np.float16))
    nan = inputs_of(values, True)
    nan[9] = triton.InferInput("FP32", [2, 2], "FP32")
    nan[9].set_data_from_numpy(np.full([2, 2], np.nan, dtype=np.float32), binary_data=False)
    return {
        "missing": infer({"FP64": None}),
        "unknown_output": infer({}, outputs=[triton.InferRequestedOutput("label")]),
        "rows": infer({"INT8": np.zeros([3, 2], dtype=np.int8)}),
        "shape": infer({"INT8": np.zeros([2, 3], dtype=np.int8)}),
        "length": failure(lambda: client.infer(model, short)),
        "datatype": failure(lambda: client.infer(model, half)),
        "nan_in_json": failure(lambda: client.infer(model, nan)),
        "version": infer({}, version="2"),
        "model": failure(lambda: client.infer("other", inputs_of(values, True))),
        "compressed": infer({}, request_compression_algorithm="gzip"),
    }


if __name__ == "__main__":
    command, address, *arguments = sys.argv[1:]
    commands = {"status": status, "digits": digits, "types": types, "outputs": outputs, "errors": errors}
    with triton.InferenceServerClient(address) as asking:
        print(json.dumps(commands[command](asking, *arguments)))
