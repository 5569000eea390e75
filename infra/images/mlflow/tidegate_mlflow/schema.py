"""The revision of MLflow's schema in each of its databases, compared with the one this MLflow works with.

MLflow's server checks too, but not before it has changed an older database by itself: with every task that starts, two
at once, without the backup that belongs before it. Here only the command `upgrade` changes a schema.
"""

from dataclasses import dataclass, field
from importlib.metadata import version
from importlib.util import find_spec
from pathlib import Path

import sqlalchemy
from alembic.migration import MigrationContext
from alembic.script import ScriptDirectory
from alembic.util import CommandError
from sqlalchemy.exc import OperationalError
from sqlalchemy.pool import NullPool

from .databases import DatabaseLogin, DatabaseServer, database_uri
from .environment import StartError

CONNECT_TIMEOUT_SECONDS = 10
# Found, not imported: that takes seconds, which a database that is away need not cost.
MLFLOW_FOLDER = Path(find_spec("mlflow").origin).parent


@dataclass(frozen=True)
class Schema:
    database: str
    uri: str = field(repr=False)
    version_table: str
    migrations: Path

    def newest_revision(self) -> str:
        return ScriptDirectory(str(self.migrations)).get_current_head() or ""

    def revision(self) -> str | None:
        """None for a database without tables, and for one of users that MLflow < 3.6 made."""
        with connect(self.uri) as connection:
            context = MigrationContext.configure(connection, opts={"version_table": self.version_table})
            return context.get_current_revision()

    def knows(self, revision: str) -> bool:
        try:
            return ScriptDirectory(str(self.migrations)).get_revision(revision) is not None
        except CommandError:
            return False


def tracking_schema(server: DatabaseServer, login: DatabaseLogin, database: str) -> Schema:
    migrations = MLFLOW_FOLDER / "store" / "db_migrations"
    return Schema(database, database_uri(server, login, database), "alembic_version", migrations)


def auth_schema(server: DatabaseServer, login: DatabaseLogin, database: str) -> Schema:
    migrations = MLFLOW_FOLDER / "server" / "auth" / "db" / "migrations"
    return Schema(database, database_uri(server, login, database), "alembic_version_auth", migrations)


def connect(uri: str) -> sqlalchemy.Connection:
    """Raises StartError when the server cannot be reached or refuses the login."""
    arguments = {"connect_timeout": CONNECT_TIMEOUT_SECONDS}
    engine = sqlalchemy.create_engine(uri, poolclass=NullPool, connect_args=arguments)
    try:
        return engine.connect()
    except OperationalError as error:
        raise StartError(
            f"The database cannot be used: {str(error.orig).strip()}\nCheck MLFLOW_DB_HOST, MLFLOW_DB_PORT, the names, "
            "the login and MLFLOW_DB_CA_FILE, and that the set-up has made database and role."
        ) from None


def require_current(schema: Schema) -> None:
    """Raises StartError when this MLflow would have to change the database, or does not know its schema."""
    found, needed = schema.revision(), schema.newest_revision()
    if found == needed:
        return
    mlflow_version = version("mlflow")
    if found is not None and not schema.knows(found):
        raise StartError(
            f"Database {schema.database} has schema revision {found}, which MLflow {mlflow_version} does not know: a "
            "newer one has upgraded it. Start that version, or restore the backup made before the upgrade."
        )
    raise StartError(
        f"Database {schema.database} has {describe(found)}, MLflow {mlflow_version} needs {needed}. Make a backup, run "
        "this image's command `upgrade` once, then start the server again."
    )


def describe(revision: str | None) -> str:
    return "no schema revision" if revision is None else f"schema revision {revision}"
