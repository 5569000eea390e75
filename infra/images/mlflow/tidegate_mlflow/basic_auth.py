"""MLflow's basic_auth.ini, written at each start: nothing secret is part of the image."""

import os
import tempfile
from pathlib import Path


def basic_auth_ini(database_uri: str) -> str:
    """Users see nothing until it is granted to them. The administrator reaches MLflow through its environment."""
    # configparser reads % as the start of a reference, and URIs are percent-encoded.
    escaped_uri = database_uri.replace("%", "%%")
    return "\n".join(
        (
            "[mlflow]",
            "default_permission = NO_PERMISSIONS",
            f"database_uri = {escaped_uri}",
            "authorization_function = mlflow.server.auth:authenticate_request_basic_auth",
            # A password hash per request costs tens of milliseconds. Price: another task or worker accepts a changed
            # password this much longer.
            "auth_cache_ttl_seconds = 60",
            "",
        )
    )


def write_basic_auth_ini(database_uri: str) -> Path:
    """In a folder of its own below the temporary one: the rest of the file system is read-only. Mode 0600."""
    file = Path(tempfile.mkdtemp(prefix="mlflow-")) / "basic_auth.ini"
    descriptor = os.open(file, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
    with os.fdopen(descriptor, "w") as handle:
        handle.write(basic_auth_ini(database_uri))
    return file
