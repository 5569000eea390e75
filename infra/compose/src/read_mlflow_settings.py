"""Has the MLflow image's own code read the variables in SETTINGS (JSON); prints those it never looks at."""

import json
import os

from tidegate_mlflow.server_settings import read_server_settings


class Watched(dict):
    """Remembers what nobody asked for."""

    def __init__(self, variables: dict[str, str]) -> None:
        super().__init__(variables)
        self.unknown = set(variables)

    def get(self, name: str, default: str = "") -> str:
        self.unknown.discard(name)
        return super().get(name, default)


settings = Watched(json.loads(os.environ["SETTINGS"]))
read_server_settings(settings)
print(json.dumps({"unknown": sorted(settings.unknown)}))
