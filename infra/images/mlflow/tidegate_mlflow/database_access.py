"""Where both databases are and who logs in: for commands that run once, with the login here or in Secrets Manager."""

from dataclasses import dataclass

from .aws_secret import read_database_secret
from .databases import (
    DatabaseLogin,
    DatabaseNames,
    DatabaseServer,
    read_database_login,
    read_database_names,
    read_database_server,
)
from .environment import Environment
from .schema import Schema, auth_schema, tracking_schema


@dataclass(frozen=True)
class DatabaseAccess:
    server: DatabaseServer
    login: DatabaseLogin
    names: DatabaseNames

    def tracking(self) -> Schema:
        return tracking_schema(self.server, self.login, self.names.tracking)

    def auth(self) -> Schema:
        return auth_schema(self.server, self.login, self.names.auth)


def read_database_access(environment: Environment) -> DatabaseAccess:
    """Raises ConfigurationError with every problem of the environment, StartError when the secret cannot be read."""
    server, names = read_database_server(environment), read_database_names(environment)
    secret_arn = environment.optional("MLFLOW_DB_SECRET_ARN")
    if secret_arn is None:
        login = read_database_login(environment)
        environment.done()
    else:
        environment.done()
        login = read_database_secret(secret_arn)
    return DatabaseAccess(server, login, names)
