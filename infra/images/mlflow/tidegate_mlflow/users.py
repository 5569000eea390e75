"""The command `users`: makes, lists and deletes MLflow's users and their permissions, in the database itself.

By MLflow's own store, so that what is written is what MLflow reads. A running server knows new users and permissions
at once; one that was deleted it may let in for `auth_cache_ttl_seconds` more.
"""

import sys
from collections.abc import Mapping
from typing import TYPE_CHECKING

from .aws_secret import read_administrator_secret
from .database_access import DatabaseAccess, read_database_access
from .environment import Environment
from .granted_resources import Resource, experiment_names, find_resource
from .schema import Schema, require_current
from .user_outcome import UserError, print_failure, print_outcome, print_record
from .users_request import CreateUser, DeleteUser, Grant, ListUsers, read_users_request

if TYPE_CHECKING:
    from mlflow.server.auth.sqlalchemy_store import SqlAlchemyStore


def users(variables: Mapping[str, str]) -> None:
    """Ends with exit code 1 when it was not done; why stands in the last line. Raises StartError before that."""
    environment = Environment(variables)
    request = read_users_request(environment)
    access = read_database_access(environment)
    # Else MLflow's store would change the schema by itself.
    require_current(access.tracking())
    require_current(access.auth())
    store = open_store(access.auth())
    try:
        match request:
            case CreateUser():
                create_user(store, request)
            case ListUsers():
                list_users(store, access.tracking())
            case Grant():
                grant(store, access.tracking(), request)
            case DeleteUser():
                delete_user(store, request.name, read_administrator(environment))
    except UserError as error:
        print_failure(error)
        sys.exit(1)


def open_store(auth: Schema) -> "SqlAlchemyStore":
    # Imported late, as MLflow takes seconds.
    from mlflow.server.auth.sqlalchemy_store import SqlAlchemyStore

    store = SqlAlchemyStore()
    store.init_db(auth.uri)
    # Or the text of an unexpected error would show the hash.
    store.engine.hide_parameters = True
    return store


def read_administrator(environment: Environment) -> str | None:
    secret_arn = environment.optional("MLFLOW_ADMIN_SECRET_ARN")
    if secret_arn is None:
        return environment.optional("MLFLOW_ADMIN_USERNAME")
    return read_administrator_secret(secret_arn)


def create_user(store: "SqlAlchemyStore", request: CreateUser) -> None:
    from mlflow.server.auth.db.models import SqlUser
    from sqlalchemy.exc import IntegrityError
    from sqlalchemy.orm import Session

    # The store's own `create_user` wants the password, which never comes here.
    user = SqlUser(username=request.name, password_hash=request.password_hash, is_admin=request.is_admin)
    with Session(store.engine) as session:
        session.add(user)
        try:
            session.commit()
        except IntegrityError:
            raise UserError(
                "USER_EXISTS",
                f"There is a user {request.name!r} already. Expected another name; for a new password, delete that "
                "user and make it again, with its permissions.",
            ) from None
    print_outcome("created", user=request.name, is_admin=request.is_admin)


def list_users(store: "SqlAlchemyStore", tracking: Schema) -> None:
    names = experiment_names(tracking)
    for user, roles in sorted(store.list_users_with_roles(), key=lambda entry: entry[0].username):
        print_record("user", user=user.username, is_admin=user.is_admin)
        for role in roles:
            # Permissions that are the user's own are those of a role that MLflow hides.
            is_own = store._is_synthetic_role_name(role.name)
            for permission in role.permissions:
                is_experiment = permission.resource_type == "experiment"
                print_record(
                    "permission",
                    user=user.username,
                    type=permission.resource_type,
                    resource=permission.resource_pattern,
                    name=names.get(permission.resource_pattern) if is_experiment else None,
                    permission=permission.permission,
                    role=None if is_own else role.name,
                )
    print_outcome("listed")


def grant(store: "SqlAlchemyStore", tracking: Schema, request: Grant) -> None:
    require_user(store, request.user)
    resource = find_resource(tracking, request.resource_type, request.resource)
    if request.permission == "NO_PERMISSIONS":
        revoke(store, request.user, resource)
    else:
        store.grant_user_permission(request.user, resource.type, resource.key, request.permission)
    print_outcome(
        "granted",
        user=request.user,
        is_admin=store.get_user(request.user).is_admin,
        type=resource.type,
        resource=resource.key,
        name=resource.name,
        permission=request.permission,
    )


def revoke(store: "SqlAlchemyStore", user: str, resource: Resource) -> None:
    """MLflow keeps no such permission: it is the absence of one."""
    from mlflow.exceptions import MlflowException

    try:
        store.revoke_user_resource_permission(user, resource.type, resource.key)
    except MlflowException as error:
        if error.error_code != "RESOURCE_DOES_NOT_EXIST":
            raise


def delete_user(store: "SqlAlchemyStore", user: str, administrator: str | None) -> None:
    if user == administrator:
        raise UserError(
            "ADMINISTRATOR_IN_USE",
            f"{user!r} is the administrator that Tidegate itself logs in as. Expected another user; "
            '"MLflow\'s administrator" in docs/security.md says how to replace this one.',
        )
    require_user(store, user)
    store.delete_user(user)
    print_outcome("deleted", user=user)


def require_user(store: "SqlAlchemyStore", name: str) -> None:
    if not store.has_user(name):
        raise UserError(
            "NO_SUCH_USER", f"There is no user {name!r}. Expected one of those that \"tidegate users list\" shows."
        )
