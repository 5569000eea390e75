"""The stock MLflow client: tracking, artifacts and registry. Prints what it reads back as one JSON line.

The argument names the experiment and the model, so that runs of this test do not meet each other.
"""

import json
import sys
import tempfile
from pathlib import Path

import mlflow
from mlflow import MlflowClient

name = sys.argv[1]
client = MlflowClient()
experiment = mlflow.set_experiment(name)
with mlflow.start_run() as run:
    mlflow.log_param("depth", 3)
    mlflow.log_metric("accuracy", 0.5, step=1)
    mlflow.log_metrics({"accuracy": 0.75, "loss": 0.1}, step=2)
    mlflow.set_tag("owner", "ann")
    with tempfile.TemporaryDirectory() as folder:
        note = Path(folder) / "note ü.txt"
        note.write_text("kept by the gateway")
        mlflow.log_artifact(str(note), "notes")

run_id = run.info.run_id
client.create_registered_model(name)
version = client.create_model_version(name, f"runs:/{run_id}/notes", run_id)
client.set_registered_model_alias(name, "production", version.version)

with tempfile.TemporaryDirectory() as folder:
    path = client.download_artifacts(run_id, "notes/note ü.txt", folder)
    note_text = Path(path).read_text()
found = client.search_runs([experiment.experiment_id], "metrics.accuracy > 0.7 and params.depth = '3'")
print(
    json.dumps(
        {
            "found": [item.info.run_id for item in found] == [run_id],
            "history": [metric.value for metric in client.get_metric_history(run_id, "accuracy")],
            "artifacts": [item.path for item in client.list_artifacts(run_id, "notes")],
            "note": note_text,
            "alias": client.get_model_version_by_alias(name, "production").version,
        }
    )
)
