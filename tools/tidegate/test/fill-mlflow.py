"""Fills an MLflow server with one of everything that a migration moves. Arguments: size of the large file in MB."""

import json
import os
import sys
import tempfile

import mlflow
from mlflow.entities import Dataset, DatasetInput, InputTag, LoggedModelInput, Metric, Param, RunTag
from mlflow.tracking import MlflowClient

large_mb = int(sys.argv[1])
client = MlflowClient()

experiment_id = client.create_experiment("digits", tags={"team": "vision"})
mlflow.set_experiment(experiment_id=experiment_id)

# Prompts are registered models. The second version is thrown away, so that there is a gap.
mlflow.genai.register_prompt("greeting", "Hello {{name}}", commit_message="The first", tags={"tone": "kind"})
mlflow.genai.register_prompt("greeting", "Hi {{name}}")
mlflow.genai.register_prompt(
    "greeting",
    [{"role": "system", "content": "Be 🐢 slow"}, {"role": "user", "content": "{{question}}"}],
    response_format={"type": "object", "properties": {"answer": {"type": "string"}}},
)
client.delete_prompt_version("greeting", 2)
mlflow.genai.set_prompt_alias("greeting", "production", 3)

with mlflow.start_run(run_name="sweep") as parent:
    mlflow.genai.load_prompt("prompts:/greeting@production")
    mlflow.log_params({f"param-{number}": str(number) for number in range(130)})
    mlflow.log_text("first", "notes/first file.txt")
    mlflow.log_text("", "notes/empty.txt")
    mlflow.log_text("MLmodel: {}", "model/MLmodel")
    with mlflow.start_run(run_name="child", nested=True) as child:
        points = [Metric("loss", 1 / (step + 1), 1_700_000_000_000 + step, step) for step in range(10_000)]
        for start in range(0, len(points), 1_000):
            client.log_batch(child.info.run_id, metrics=points[start : start + 1_000])
        client.log_batch(
            child.info.run_id,
            metrics=[
                Metric("odd", float("nan"), 1, 0),
                Metric("odd", float("inf"), 2, 1),
                Metric("odd", -0.1, 3, -5),
            ],
            params=[Param("lr", "0.1")],
            tags=[RunTag("note", "ein schöner Lauf 🐢")],
        )
        dataset = Dataset("train", "abc123", "local", json.dumps({"uri": "x"}), schema="{}", profile="{}")
        client.log_inputs(child.info.run_id, [DatasetInput(dataset, [InputTag("mlflow.data.context", "training")])])
        with tempfile.TemporaryDirectory() as folder:
            file = os.path.join(folder, "large.bin")
            with open(file, "wb") as handle:
                for _ in range(large_mb):
                    handle.write(os.urandom(1_000_000))
            mlflow.log_artifact(file)
        model = mlflow.pyfunc.log_model(
            name="model", python_model=lambda model_input: model_input, pip_requirements=["mlflow"]
        )
        mlflow.log_metric("accuracy", 0.9, model_id=model.model_id)
    with mlflow.start_run(run_name="uses the model", nested=True) as user:
        client.log_inputs(user.info.run_id, models=[LoggedModelInput(model.model_id)])
    with mlflow.start_run(run_name="thrown away", nested=True) as deleted:
        mlflow.log_metric("loss", 7, model_id=model.model_id)
client.delete_run(deleted.info.run_id)

client.create_registered_model("digits", tags={"kind": "image"}, description="Reads digits")
first = client.create_model_version(
    "digits", f"models:/{model.model_id}", run_id=child.info.run_id, model_id=model.model_id
)
second = client.create_model_version("digits", f"models:/{model.model_id}", model_id=model.model_id)
third = client.create_model_version(
    "digits",
    f"{parent.info.artifact_uri}/model",
    run_id=parent.info.run_id,
    tags={"checked": "yes"},
    description="The third",
)
client.delete_model_version("digits", second.version)
client.transition_model_version_stage("digits", first.version, "Staging")
client.set_registered_model_alias("digits", "production", third.version)
client.set_registered_model_alias("digits", "candidate", first.version)
# Sorts before the model whose version it is a copy of.
client.copy_model_version("models:/digits/1", "a-copy")

old_id = client.create_experiment("old")
old = client.create_run(old_id, run_name="of a deleted experiment")
client.log_param(old.info.run_id, "depth", "3")
client.set_terminated(old.info.run_id, "FAILED", end_time=1_700_000_000_000)
client.delete_experiment(old_id)
print(json.dumps({"child": child.info.run_id, "parent": parent.info.run_id, "model": model.model_id}))
