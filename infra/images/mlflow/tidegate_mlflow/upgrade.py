"""The command `upgrade`: makes or upgrades the schema of both databases by MLflow's own migrations."""

from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager

import sqlalchemy

from .database_access import read_database_access
from .environment import Environment
from .schema import Schema, connect, describe

LOCK_NAME = "tidegate: MLflow schema upgrade"


def upgrade(variables: Mapping[str, str]) -> None:
    """May be repeated, and run twice at once: the second one waits and finds nothing to do."""
    access = read_database_access(Environment(variables))
    tracking, auth = access.tracking(), access.auth()
    with exclusively(tracking):
        migrate(tracking, upgrade_tracking)
        migrate(auth, upgrade_auth)


@contextmanager
def exclusively(schema: Schema) -> Iterator[None]:
    with connect(schema.uri).execution_options(isolation_level="AUTOCOMMIT") as connection:
        key = {"name": LOCK_NAME}
        if not connection.scalar(sqlalchemy.text("SELECT pg_try_advisory_lock(hashtext(:name))"), key):
            print("Another upgrade is running: waiting for its end")
            connection.execute(sqlalchemy.text("SELECT pg_advisory_lock(hashtext(:name))"), key)
        # The lock ends with the connection.
        yield


def migrate(schema: Schema, upgrade_database: Callable[[str], None]) -> None:
    found = schema.revision()
    if found == schema.newest_revision():
        print(f"{schema.database}: {describe(found)}, up to date")
        return
    upgrade_database(schema.uri)
    print(f"{schema.database}: {describe(found)} → {schema.revision()}")


# MLflow's own commands, called in this process: the arguments of a new one would show the password. Imported late, as
# MLflow takes seconds.


def upgrade_tracking(uri: str) -> None:
    from mlflow.db import commands

    commands.main(["upgrade", uri], standalone_mode=False)


def upgrade_auth(uri: str) -> None:
    from mlflow.server.auth.db.cli import commands

    commands.main(["upgrade", "--url", uri], standalone_mode=False)
