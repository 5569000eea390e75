"""Makes the two databases as MLflow 2.x left them, each with a row: python older_schema.py <tracking URI> <auth URI>"""

import sys

import sqlalchemy
from alembic import command
from mlflow.server.auth.db import utils as auth_db
from mlflow.store.db import utils as tracking_db
from mlflow.store.tracking.dbmodels.initial_models import Base

LAST_TRACKING_REVISION_OF_2 = "0584bdc529eb"
FIRST_AUTH_REVISION = "8606fa83a998"

tracking_uri, auth_uri = sys.argv[1:]
tracking, auth = sqlalchemy.create_engine(tracking_uri), sqlalchemy.create_engine(auth_uri)

Base.metadata.create_all(tracking)
config = tracking_db._get_alembic_config(tracking_uri)
command.upgrade(config, LAST_TRACKING_REVISION_OF_2)
with tracking.begin() as connection:
    connection.execute(
        sqlalchemy.text("INSERT INTO experiments (experiment_id, name, lifecycle_stage) VALUES (7, 'old', 'active')")
    )

auth_db.migrate(auth, FIRST_AUTH_REVISION)
with auth.begin() as connection:
    connection.execute(
        sqlalchemy.text("INSERT INTO users (username, password_hash, is_admin) VALUES ('ada', 'hash', false)")
    )
    # MLflow 2 kept no record of its revision.
    connection.execute(sqlalchemy.text("DROP TABLE alembic_version_auth"))
