"""What the command `users` is to do: one JSON object in MLFLOW_USERS_REQUEST.

Not arguments: every process can read those. And never a password, only its hash: who may look at ECS's tasks sees it.
"""

import json
import re
from dataclasses import dataclass, field

from .environment import Environment

LONGEST_NAME = 255
"""Of the column in MLflow's database."""
PASSWORD_HASH = r"scrypt:\d+:\d+:\d+\$[A-Za-z0-9]+\$[0-9a-f]{128}"
PERMISSIONS = ("READ", "EDIT", "MANAGE", "NO_PERMISSIONS")
RESOURCE_TYPES = ("experiment", "registered_model")


@dataclass(frozen=True)
class CreateUser:
    name: str
    password_hash: str = field(repr=False)
    is_admin: bool


@dataclass(frozen=True)
class ListUsers:
    pass


@dataclass(frozen=True)
class Grant:
    user: str
    resource_type: str
    resource: str
    """Name or id of an experiment, name of a registered model."""
    permission: str


@dataclass(frozen=True)
class DeleteUser:
    name: str


Request = CreateUser | ListUsers | Grant | DeleteUser


def read_users_request(environment: Environment) -> Request | None:
    """None after a problem."""
    text = environment.required("MLFLOW_USERS_REQUEST", 'JSON such as {"action": "list"}')
    if text == "":
        return None
    try:
        request = parse_request(json.loads(text))
    except (KeyError, TypeError, ValueError):
        request = None
    if request is None:
        # Not shown: there is a hash in it.
        environment.problem(
            "MLFLOW_USERS_REQUEST is none that this image knows. Expected JSON with an action (create, list, grant, "
            "delete) and what belongs to it; the command and the image have to be of one release."
        )
    return request


def parse_request(content: dict[str, object]) -> Request | None:
    match content["action"]:
        case "create" if re.fullmatch(PASSWORD_HASH, content["password_hash"]):
            return CreateUser(name_of(content), content["password_hash"], content["is_admin"] is True)
        case "list":
            return ListUsers()
        case "grant" if content["type"] in RESOURCE_TYPES and content["permission"] in PERMISSIONS:
            return Grant(name_of(content), content["type"], str(content["resource"]), content["permission"])
        case "delete":
            return DeleteUser(name_of(content))
    return None


def name_of(content: dict[str, object]) -> str:
    """Raises ValueError for what is no name."""
    name = content["name"]
    if not isinstance(name, str) or not 1 <= len(name) <= LONGEST_NAME:
        raise ValueError
    return name
