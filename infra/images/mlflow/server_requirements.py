"""Prints what the server needs at run time, as lines for pip.

requirements.txt says the versions; the rest comes from MLflow's own metadata, so `pip install --no-deps mlflow` comes
first. Left out is what only clients, training and job runners use: it is half of the size.

    python server_requirements.py requirements.txt
"""

import importlib.metadata
import sys
from pathlib import Path

from pip._vendor.packaging.requirements import Requirement
from pip._vendor.packaging.utils import canonicalize_name

NOT_NEEDED = {
    "docker",  # building images of models
    "gunicorn",  # the server is uvicorn
    "huey",  # job runner, switched off
    "matplotlib",  # figures, logged by clients
    "pyarrow",  # Spark and Parquet data sets
    "scikit-learn",  # flavour
    "scipy",  # flavour
    "skops",  # flavour
}


def main(requirements_file: str) -> None:
    lines = Path(requirements_file).read_text().splitlines()
    requirements = [Requirement(line) for line in lines if line and not line.startswith("#")]
    mlflow = next(requirement for requirement in requirements if requirement.name == "mlflow")
    others = [requirement for requirement in requirements if requirement is not mlflow]
    extras = mlflow.extras or {""}
    for needed in map(Requirement, importlib.metadata.requires("mlflow") or []):
        applies = needed.marker is None or any(needed.marker.evaluate({"extra": extra}) for extra in extras)
        if applies and canonicalize_name(needed.name) not in NOT_NEEDED:
            needed.marker = None
            others.append(needed)
    print("\n".join(str(requirement) for requirement in others))


main(sys.argv[1])
