"""Experiments and registered models that permissions are for, found in the tracking database."""

from dataclasses import dataclass

import sqlalchemy

from .schema import Schema, connect
from .user_outcome import UserError

EXPERIMENTS = """
    SELECT experiment_id, name FROM experiments
    WHERE lifecycle_stage = 'active' AND :text IN (name, CAST(experiment_id AS TEXT))
"""
# MLflow keeps prompts in the same table, but their permissions under another type.
MODELS = """
    SELECT name FROM registered_models AS model WHERE name = :name AND NOT EXISTS (
        SELECT 1 FROM registered_model_tags AS tag
        WHERE tag.name = model.name AND tag.key = 'mlflow.prompt.is_prompt' AND lower(tag.value) = 'true'
    )
"""


@dataclass(frozen=True)
class Resource:
    type: str
    key: str
    """What MLflow keeps a permission under: an experiment's id, a model's name."""
    name: str


def find_resource(tracking: Schema, resource_type: str, text: str) -> Resource:
    """Raises UserError when there is none, or more than one."""
    return find_experiment(tracking, text) if resource_type == "experiment" else find_model(tracking, text)


def find_experiment(tracking: Schema, text: str) -> Resource:
    found = [Resource("experiment", str(row.experiment_id), row.name) for row in rows(tracking, EXPERIMENTS, text=text)]
    if len(found) == 1:
        return found[0]
    if not found:
        raise UserError(
            "NO_SUCH_EXPERIMENT",
            f"There is no experiment {text!r}. Expected the name or the id of one that is not deleted.",
        )
    named, numbered = sorted(found, key=lambda experiment: experiment.name != text)
    raise UserError(
        "AMBIGUOUS_EXPERIMENT",
        f"{text} is the name of experiment {named.key} and the id of experiment {numbered.name!r}. "
        f"Expected what only one of them has: {named.key} or {numbered.name!r}.",
    )


def find_model(tracking: Schema, name: str) -> Resource:
    if not rows(tracking, MODELS, name=name):
        raise UserError(
            "NO_SUCH_MODEL", f"There is no registered model {name!r}. Expected its name, spelt as MLflow shows it."
        )
    return Resource("registered_model", name, name)


def experiment_names(tracking: Schema) -> dict[str, str]:
    """By id; deleted ones too."""
    return {str(row.experiment_id): row.name for row in rows(tracking, "SELECT experiment_id, name FROM experiments")}


def rows(schema: Schema, query: str, **values: str) -> list[sqlalchemy.Row]:
    with connect(schema.uri) as connection:
        return list(connection.execute(sqlalchemy.text(query), values))
