"""What the server is started with, from the environment."""

import re
from collections.abc import Mapping
from dataclasses import dataclass, field

from .databases import (
    DatabaseLogin,
    DatabaseNames,
    DatabaseServer,
    read_database_login,
    read_database_names,
    read_database_server,
)
from .environment import HIGHEST_PORT, Environment

DEFAULT_HOST = "0.0.0.0"
DEFAULT_PORT = 5000
DEFAULT_WORKERS = 1
MOST_WORKERS = 16
LOCAL_HOSTS = ("localhost", "127.0.0.1")


@dataclass(frozen=True)
class ServerSettings:
    database_server: DatabaseServer
    database_login: DatabaseLogin
    database_names: DatabaseNames
    artifacts_destination: str
    allowed_hosts: tuple[str, ...]
    admin_username: str
    admin_password: str = field(repr=False)
    flask_secret_key: str = field(repr=False)
    static_prefix: str | None
    workers: int
    host: str
    port: int


def read_server_settings(variables: Mapping[str, str]) -> ServerSettings:
    """Raises ConfigurationError with every problem."""
    environment = Environment(variables)
    settings = ServerSettings(
        database_server=read_database_server(environment),
        database_login=read_database_login(environment),
        database_names=read_database_names(environment),
        artifacts_destination=read_artifacts_destination(environment),
        allowed_hosts=read_allowed_hosts(environment),
        admin_username=environment.required("MLFLOW_ADMIN_USERNAME", "the administrator's name"),
        admin_password=environment.required("MLFLOW_ADMIN_PASSWORD", "the administrator's password"),
        flask_secret_key=environment.required("MLFLOW_FLASK_SECRET_KEY", "random text, the same for every task"),
        static_prefix=read_static_prefix(environment),
        workers=environment.number("MLFLOW_WORKERS", DEFAULT_WORKERS, MOST_WORKERS),
        host=environment.optional("MLFLOW_HOST") or DEFAULT_HOST,
        port=read_port(environment),
    )
    environment.done()
    return settings


def read_port(environment: Environment) -> int:
    return environment.number("MLFLOW_PORT", DEFAULT_PORT, HIGHEST_PORT)


def read_static_prefix(environment: Environment) -> str | None:
    prefix = environment.optional("MLFLOW_STATIC_PREFIX")
    if prefix is not None and not re.fullmatch(r"(/[A-Za-z0-9_.~-]+)+", prefix):
        environment.problem(f"MLFLOW_STATIC_PREFIX is {prefix!r}. Set it to a path such as /mlflow, or unset it.")
    return prefix


def read_artifacts_destination(environment: Environment) -> str:
    destination = environment.required("MLFLOW_ARTIFACTS_DESTINATION", "where artifacts go, such as s3://bucket/path")
    if destination != "" and not re.match(r"[a-z][a-z0-9+.-]*://.", destination):
        environment.problem(
            f"MLFLOW_ARTIFACTS_DESTINATION is {destination!r}. Set it to a URL such as s3://bucket/path: a path in "
            "the container would be lost with it."
        )
    return destination


def read_allowed_hosts(environment: Environment) -> tuple[str, ...]:
    """Names clients may use in the Host header. Each is accepted with and without a port, as clients send both."""
    listed = environment.required("MLFLOW_ALLOWED_HOSTS", "the names clients use, such as mlflow.tidegate-dev.local")
    names = [name.strip().removesuffix(":*") for name in listed.split(",") if name.strip() != ""]
    for name in names:
        if not re.fullmatch(r"[A-Za-z0-9_.-]+", name):
            environment.problem(
                f"MLFLOW_ALLOWED_HOSTS has {name!r}. List host names without scheme, port or path, separated by "
                "commas; * would switch the protection against DNS rebinding off."
            )
    return tuple(pattern for name in (*LOCAL_HOSTS, *names) for pattern in (name, f"{name}:*"))
