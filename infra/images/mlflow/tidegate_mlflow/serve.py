"""The command `serve`: MLflow's server with basic authentication, artifacts in S3 and the databases of PostgreSQL."""

import os
import runpy
import signal
import sys
from collections.abc import Mapping
from pathlib import Path

from .basic_auth import write_basic_auth_ini
from .databases import database_uri
from .schema import auth_schema, require_current, tracking_schema
from .server_settings import ServerSettings, read_server_settings


def serve(variables: Mapping[str, str]) -> None:
    """Becomes the server, which ends with exit code 0 at SIGTERM. Raises StartError before that."""
    # The first process of a container ignores a signal that nothing handles; MLflow's own handler comes later.
    signal.signal(signal.SIGTERM, lambda *_: sys.exit(0))
    settings = read_server_settings(variables)
    require_current_schemas(settings)
    server, login, names = settings.database_server, settings.database_login, settings.database_names
    auth_config_file = write_basic_auth_ini(database_uri(server, login, names.auth))
    os.environ.update(server_environment(settings, auth_config_file))
    sys.argv = ["mlflow", "server", *server_arguments(settings)]
    runpy.run_module("mlflow", run_name="__main__", alter_sys=True)


def require_current_schemas(settings: ServerSettings) -> None:
    server, login, names = settings.database_server, settings.database_login, settings.database_names
    require_current(tracking_schema(server, login, names.tracking))
    require_current(auth_schema(server, login, names.auth))


def server_arguments(settings: ServerSettings) -> list[str]:
    """Nothing secret: arguments can be read by every process."""
    prefix = [] if settings.static_prefix is None else ["--static-prefix", settings.static_prefix]
    return [
        *("--host", settings.host, "--port", str(settings.port), "--workers", str(settings.workers)),
        *("--serve-artifacts", "--artifacts-destination", settings.artifacts_destination),
        *("--allowed-hosts", ",".join(settings.allowed_hosts)),
        # Plain asyncio costs 44 ms a keep-alive request as soon as there are two workers.
        *("--uvicorn-opts", "--loop uvloop --http httptools"),
        *("--app-name", "basic-auth"),
        *prefix,
    ]


def server_environment(settings: ServerSettings, auth_config_file: Path) -> dict[str, str]:
    """What is set over the container's own environment; MLflow's other variables reach it unchanged."""
    server, login, names = settings.database_server, settings.database_login, settings.database_names
    return {
        "MLFLOW_BACKEND_STORE_URI": database_uri(server, login, names.tracking),
        "MLFLOW_AUTH_CONFIG_PATH": str(auth_config_file),
        "MLFLOW_AUTH_ADMIN_USERNAME": settings.admin_username,
        "MLFLOW_AUTH_ADMIN_PASSWORD": settings.admin_password,
        "MLFLOW_FLASK_SERVER_SECRET_KEY": settings.flask_secret_key,
        # Eight processes and 1.4 GB that nobody here needs, and that outlive SIGTERM.
        "MLFLOW_SERVER_ENABLE_JOB_EXECUTION": "false",
        "MLFLOW_DISABLE_TELEMETRY": "true",
    }
