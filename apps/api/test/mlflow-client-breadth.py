"""The stock MLflow client from end to end. Prints what it reads back as one JSON line.

The argument names the experiment and the models, so that runs of this test do not meet each other.
KEYS_WITHOUT holds, by scope, a key that lacks this scope only.
"""

import hashlib
import json
import os
import sys
import tempfile
from pathlib import Path

import mlflow
import numpy
from mlflow import MlflowClient
from mlflow.entities import Metric, Param, RunTag, ViewType
from mlflow.store.artifact.artifact_repository_registry import get_artifact_repository
from sklearn.dummy import DummyClassifier

MEBIBYTE = 1024 * 1024
LARGE_FILE_MEBIBYTES = 300

name = sys.argv[1]
client = MlflowClient()
temporary = tempfile.TemporaryDirectory()
folder = Path(temporary.name)
seen = {}


def sha256(path):
    with open(path, "rb") as file:
        return hashlib.file_digest(file, "sha256").hexdigest()


# Experiments and runs.
experiment_id = client.create_experiment(name, tags={"team": "vision"})
client.set_experiment_tag(experiment_id, "purpose", "test")
client.delete_experiment_tag(experiment_id, "team")
client.rename_experiment(experiment_id, f"{name} renamed")
seen["experiment"] = [
    client.get_experiment(experiment_id).name,
    client.get_experiment(experiment_id).tags["purpose"],
]
seen["experiment search"] = [
    found.experiment_id for found in client.search_experiments(filter_string=f"name = '{name} renamed'")
] == [experiment_id]
mlflow.set_experiment(experiment_id=experiment_id)
with mlflow.start_run(run_name="first") as run:
    run_id = run.info.run_id
    metrics = [Metric("loss", 1 / (step + 1), 1_700_000_000_000 + step, step) for step in range(1000)]
    client.log_batch(
        run_id,
        metrics=metrics,
        params=[Param(f"p{i}", str(i)) for i in range(100)],
        tags=[RunTag("kind", "batch")],
    )
    mlflow.log_metric("not a number", float("nan"))
    mlflow.set_tags({"kept": "yes", "dropped": "no"})
    client.delete_tag(run_id, "dropped")
    mlflow.log_input(mlflow.data.from_numpy(numpy.zeros((3, 2)), name="zeros"), context="training")
read = client.get_run(run_id)
seen["run"] = [
    read.info.status,
    read.data.params["p99"],
    read.data.tags["kept"],
    "dropped" in read.data.tags,
    str(read.data.metrics["not a number"]),
]
seen["dataset"] = [found.dataset.name for found in read.inputs.dataset_inputs]
seen["history"] = len(client.get_metric_history(run_id, "loss"))
seen["run search"] = [
    found.info.run_id
    for found in client.search_runs([experiment_id], "params.p7 = '7' and tags.kind = 'batch'")
] == [run_id]

# Artifacts, one of them large.
large = folder / "large.bin"
with open(large, "wb") as file:
    for _ in range(LARGE_FILE_MEBIBYTES):
        file.write(os.urandom(MEBIBYTE))
client.log_artifact(run_id, str(large), "files")
(folder / "tree" / "a b").mkdir(parents=True)
(folder / "tree" / "a b" / "ü + &.txt").write_text("odd name")
client.log_artifacts(run_id, str(folder / "tree"), "tree")
os.environ["MLFLOW_ENABLE_PROXY_MULTIPART_UPLOAD"] = "true"
os.environ["MLFLOW_MULTIPART_UPLOAD_MINIMUM_FILE_SIZE"] = str(MEBIBYTE)
os.environ["MLFLOW_MULTIPART_UPLOAD_CHUNK_SIZE"] = str(5 * MEBIBYTE)
parts = folder / "parts.bin"
parts.write_bytes(os.urandom(6 * MEBIBYTE))
client.log_artifact(run_id, str(parts), "files")
os.environ["MLFLOW_ENABLE_PROXY_MULTIPART_UPLOAD"] = "false"
seen["files"] = [(found.path, found.file_size) for found in client.list_artifacts(run_id, "files")]
downloads = folder / "downloads"
downloads.mkdir()
client.download_artifacts(run_id, "", str(downloads))
seen["large file is the same"] = sha256(large) == sha256(downloads / "files" / "large.bin")
seen["multi-part file is the same"] = sha256(parts) == sha256(downloads / "files" / "parts.bin")
seen["odd name"] = (downloads / "tree" / "a b" / "ü + &.txt").read_text()
files = get_artifact_repository(f"{read.info.artifact_uri}/files")
files.delete_artifacts("large.bin")
seen["files left"] = [found.path for found in client.list_artifacts(run_id, "files")]

# Models: logged, registered, aliased, copied, loaded.
model = DummyClassifier(strategy="constant", constant=1).fit([[0], [1]], [0, 1])
with mlflow.start_run(run_id=run_id):
    logged = mlflow.sklearn.log_model(
        model,
        name="model",
        registered_model_name=name,
        pip_requirements=["scikit-learn"],
        params={"depth": 3},
    )
    mlflow.log_metric("accuracy", 0.5, model_id=logged.model_id)
client.set_logged_model_tags(logged.model_id, {"my tag": "1"})
client.delete_logged_model_tag(logged.model_id, "my tag")
seen["logged model"] = [
    client.get_logged_model(logged.model_id).name,
    client.get_logged_model(logged.model_id).params["depth"],
]
seen["logged model search"] = [found.model_id for found in client.search_logged_models([experiment_id])] == [
    logged.model_id
]
client.update_registered_model(name, "described")
client.set_registered_model_tag(name, "owner", "ann")
client.set_model_version_tag(name, "1", "stage", "checked")
client.update_model_version(name, "1", "first")
client.set_registered_model_alias(name, "production", "1")
seen["alias"] = client.get_model_version_by_alias(name, "production").version
seen["download"] = client.get_model_version_download_uri(name, "1").split(":")[0]
seen["prediction"] = mlflow.sklearn.load_model(f"models:/{name}@production").predict([[5]]).tolist()
copied = client.copy_model_version(f"models:/{name}/1", f"{name} copy")
seen["copy"] = [copied.name, copied.version]
seen["versions"] = [found.version for found in client.search_model_versions(f"name = '{name}'")]
seen["models"] = sorted(found.name for found in client.search_registered_models(f"name LIKE '{name}%'"))
client.delete_registered_model_alias(name, "production")
client.delete_model_version_tag(name, "1", "stage")
client.delete_registered_model_tag(name, "owner")
client.delete_model_version(f"{name} copy", "1")
client.rename_registered_model(f"{name} copy", f"{name} moved")
client.delete_registered_model(f"{name} moved")
prompt = mlflow.genai.register_prompt(f"{name}-prompt", "Say {{word}}")
seen["prompt"] = mlflow.genai.load_prompt(f"prompts:/{name}-prompt/{prompt.version}").template

# Traces.
with mlflow.start_span("work") as span:
    span.set_inputs({"question": "why"})
    with mlflow.start_span("inner"):
        mlflow.update_current_trace(tags={"team": "vision"})
    span.set_outputs({"answer": 42})
mlflow.flush_trace_async_logging()
trace_id = span.trace_id
client.set_trace_tag(trace_id, "checked", "yes")
client.set_trace_tag(trace_id, "dropped", "no")
client.delete_trace_tag(trace_id, "dropped")
feedback = mlflow.log_feedback(trace_id=trace_id, name="good", value={"source": "../a", "runId": 1})
mlflow.update_assessment(
    trace_id=trace_id,
    assessment_id=feedback.assessment_id,
    assessment=mlflow.entities.Feedback(name="good", value=True),
)
trace = client.get_trace(trace_id)
seen["trace"] = [
    sorted(found.name for found in trace.data.spans),
    trace.info.tags["checked"],
    trace.info.tags["team"],
    trace.info.assessments[0].value,
]
seen["trace search"] = [
    found.info.trace_id for found in mlflow.search_traces(locations=[experiment_id], return_type="list")
] == [trace_id]
mlflow.delete_assessment(trace_id=trace_id, assessment_id=feedback.assessment_id)

# What a key that lacks one scope is told.
REFUSED = {
    "experiments:read": lambda: client.get_experiment(experiment_id),
    "experiments:write": lambda: client.create_experiment(f"{name} refused"),
    "runs:read": lambda: client.get_run(run_id),
    "runs:write": lambda: client.delete_run(run_id),
    "metrics:read": lambda: client.get_metric_history(run_id, "loss"),
    "metrics:write": lambda: client.log_metric(run_id, "loss", 0),
    "params:write": lambda: client.log_param(run_id, "late", "1"),
    "tags:write": lambda: client.set_tag(run_id, "late", "1"),
    "models:read": lambda: client.get_registered_model(name),
    "models:write": lambda: client.set_registered_model_alias(name, "production", "1"),
    "artifacts:read": lambda: client.list_artifacts(run_id),
    "artifacts:write": lambda: client.log_artifact(run_id, str(parts)),
    "artifacts:delete": lambda: files.delete_artifacts("parts.bin"),
    "traces:read": lambda: client.get_trace(trace_id),
    "traces:write": lambda: client.delete_traces(experiment_id, trace_ids=[trace_id]),
}
token = os.environ["MLFLOW_TRACKING_TOKEN"]
seen["refused"] = []
for scope, key in json.loads(os.environ["KEYS_WITHOUT"]).items():
    os.environ["MLFLOW_TRACKING_TOKEN"] = key
    try:
        REFUSED[scope]()
    except Exception as error:
        if "SCOPE_MISSING" in str(error) and scope in str(error):
            seen["refused"].append(scope)
        else:
            seen[f"told without {scope}"] = str(error)
os.environ["MLFLOW_TRACKING_TOKEN"] = token

# Deleting and restoring.
seen["traces deleted"] = client.delete_traces(experiment_id, trace_ids=[trace_id])
client.delete_logged_model(logged.model_id)
client.delete_run(run_id)
deleted = client.search_runs([experiment_id], run_view_type=ViewType.DELETED_ONLY)
client.restore_run(run_id)
seen["run restored"] = [
    [found.info.run_id for found in deleted] == [run_id],
    client.get_run(run_id).info.lifecycle_stage,
]
client.delete_experiment(experiment_id)
stage = client.get_experiment(experiment_id).lifecycle_stage
client.restore_experiment(experiment_id)
seen["experiment restored"] = [stage, client.get_experiment(experiment_id).lifecycle_stage]

print(json.dumps(seen))
