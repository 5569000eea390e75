"""MLflow's two databases: their addresses are made from parts, so that no part can be given twice or unescaped."""

import re
from dataclasses import dataclass, field
from pathlib import Path
from urllib.parse import quote

from .environment import HIGHEST_PORT, Environment

DEFAULT_PORT = 5432
HOST_NAME = r"[A-Za-z0-9_.-]+"


@dataclass(frozen=True)
class DatabaseServer:
    host: str
    port: int
    ca_file: str | None
    """Certificate authorities; with them the server's certificate and name are verified."""


@dataclass(frozen=True)
class DatabaseLogin:
    user: str
    password: str = field(repr=False)


@dataclass(frozen=True)
class DatabaseNames:
    tracking: str
    auth: str
    """Users and permissions."""


def database_uri(server: DatabaseServer, login: DatabaseLogin, database: str) -> str:
    """Names the driver: a bare `postgresql://` means psycopg 3 for SQLAlchemy 2.1."""
    user, password, name = (quote(part, safe="") for part in (login.user, login.password, database))
    uri = f"postgresql+psycopg2://{user}:{password}@{server.host}:{server.port}/{name}"
    if server.ca_file is None:
        return uri
    return f"{uri}?sslmode=verify-full&sslrootcert={quote(server.ca_file, safe='')}"


def read_database_server(environment: Environment) -> DatabaseServer:
    return DatabaseServer(
        host=read_host(environment),
        port=environment.number("MLFLOW_DB_PORT", DEFAULT_PORT, HIGHEST_PORT),
        ca_file=read_ca_file(environment),
    )


def read_host(environment: Environment) -> str:
    host = environment.required("MLFLOW_DB_HOST", "the database server's name, without port")
    with_port = re.fullmatch(rf"({HOST_NAME}):(\d+)", host)
    if with_port:
        environment.problem(
            f"MLFLOW_DB_HOST is {host!r}, with a port: RDS calls that the endpoint. Set it to {with_port[1]!r}, the "
            f"address, and MLFLOW_DB_PORT to {with_port[2]}."
        )
    elif host != "" and not re.fullmatch(HOST_NAME, host):
        # Not shown: a whole URL would carry the password.
        environment.problem("MLFLOW_DB_HOST is no host name. Set it to the name alone: no scheme, user or path.")
    return host


def read_ca_file(environment: Environment) -> str | None:
    ca_file = environment.optional("MLFLOW_DB_CA_FILE")
    if ca_file is not None and not Path(ca_file).is_file():
        environment.problem(
            f"MLFLOW_DB_CA_FILE is {ca_file!r}, which is no file here. Amazon RDS's authorities are in "
            "/app/rds-ca.pem; unset it for a server without TLS."
        )
    return ca_file


def read_database_login(environment: Environment) -> DatabaseLogin:
    return DatabaseLogin(
        user=environment.required("MLFLOW_DB_USER", "the database role, such as mlflow"),
        password=environment.required("MLFLOW_DB_PASSWORD", "that role's password"),
    )


def read_database_names(environment: Environment) -> DatabaseNames:
    names = DatabaseNames(
        tracking=environment.required("MLFLOW_DB_NAME", "the tracking database, such as mlflow_db"),
        auth=environment.required("MLFLOW_AUTH_DB_NAME", "the database of users, such as mlflow_auth_db"),
    )
    if names.tracking != "" and names.tracking == names.auth:
        environment.problem(
            f"MLFLOW_DB_NAME and MLFLOW_AUTH_DB_NAME are both {names.auth!r}. Give users a database of their own."
        )
    return names
