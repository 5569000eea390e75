"""The database role's login from AWS Secrets Manager."""

import json

import boto3
from botocore.exceptions import BotoCoreError, ClientError

from .databases import DatabaseLogin
from .environment import StartError


def read_database_secret(arn: str) -> DatabaseLogin:
    """Raises StartError when it cannot be read, is empty or not `{"username", "password"}`."""
    try:
        secret = boto3.client("secretsmanager", region_name=region_of(arn)).get_secret_value(SecretId=arn)
    except ClientError as error:
        code = error.response["Error"]["Code"]
        raise StartError(
            f"MLFLOW_DB_SECRET_ARN: {arn} cannot be read ({code}). ResourceNotFoundException: it is not there or still "
            "empty, the set-up program fills it. AccessDeniedException: allow the task's role GetSecretValue on it."
        ) from None
    except BotoCoreError as error:
        raise StartError(f"MLFLOW_DB_SECRET_ARN: {arn} cannot be read: {error}") from None
    try:
        content = json.loads(secret["SecretString"])
        return DatabaseLogin(content["username"], content["password"])
    except (KeyError, TypeError, ValueError):
        # Without the cause: it would quote the secret.
        raise StartError(f'MLFLOW_DB_SECRET_ARN: {arn} should be JSON, {{"username": …, "password": …}}.') from None


def region_of(arn: str) -> str | None:
    """None, for boto3 to find it, when only a name is given."""
    return arn.split(":")[3] if arn.startswith("arn:") else None
