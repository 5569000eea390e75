"""Logins from AWS Secrets Manager."""

import json

import boto3
from botocore.exceptions import BotoCoreError, ClientError

from .databases import DatabaseLogin
from .environment import StartError


def read_database_secret(arn: str) -> DatabaseLogin:
    """The database role's login. Raises StartError as `read_secret` does."""
    content = read_secret("MLFLOW_DB_SECRET_ARN", arn, ("username", "password"))
    return DatabaseLogin(content["username"], content["password"])


def read_administrator_secret(arn: str) -> str:
    """The name of the administrator the api logs in as. Raises StartError as `read_secret` does."""
    return read_secret("MLFLOW_ADMIN_SECRET_ARN", arn, ("admin_username",))["admin_username"]


def read_secret(variable: str, arn: str, fields: tuple[str, ...]) -> dict[str, str]:
    """Raises StartError when it cannot be read, is empty or no JSON with these fields."""
    try:
        secret = boto3.client("secretsmanager", region_name=region_of(arn)).get_secret_value(SecretId=arn)
    except ClientError as error:
        code = error.response["Error"]["Code"]
        raise StartError(
            f"{variable}: {arn} cannot be read ({code}). ResourceNotFoundException: it is not there or still "
            "empty, the set-up program fills it. AccessDeniedException: allow the task's role GetSecretValue on it."
        ) from None
    except BotoCoreError as error:
        raise StartError(f"{variable}: {arn} cannot be read: {error}") from None
    try:
        content = json.loads(secret["SecretString"])
        return {field: content[field] for field in fields}
    except (KeyError, TypeError, ValueError):
        # Without the cause: it would quote the secret.
        shape = ", ".join(f'"{field}": …' for field in fields)
        raise StartError(f"{variable}: {arn} should be JSON, {{{shape}}}.") from None


def region_of(arn: str) -> str | None:
    """None, for boto3 to find it, when only a name is given."""
    return arn.split(":")[3] if arn.startswith("arn:") else None
