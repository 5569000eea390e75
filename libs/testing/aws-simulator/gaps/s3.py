import json

from moto.iam.access_control import PermissionResult
from moto.s3.models import FakeBucket

from .patching import around

may_receive_logs = FakeBucket._log_permissions_enabled_policy


class SpecificStatementsOf:
    """A bucket whose policy holds only statements that name a kind of principal."""

    def __init__(self, bucket: FakeBucket):
        self.name, self.partition = bucket.name, bucket.partition
        named = [statement for statement in statements_of(bucket) if statement.get("Principal") != "*"]
        self.policy = json.dumps({"Statement": named}).encode()


# PutBucketLogging fails (500) when a statement of the target's policy has the principal "*", as TLS-only ones have.
FakeBucket._log_permissions_enabled_policy = staticmethod(
    lambda target_bucket, target_prefix: may_receive_logs(SpecificStatementsOf(target_bucket), target_prefix)
)


@around(FakeBucket, "get_permission")
def get_permission(original, self, action: str, resource: str):
    """PutObject and GetObject are denied (403) by a TLS-only policy, as requests come over plain HTTP here."""
    if self.policy and all(is_tls_only(statement) for statement in statements_of(self)):
        return PermissionResult.NEUTRAL
    return original(self, action, resource)


def statements_of(bucket: FakeBucket) -> list[dict]:
    return json.loads(bucket.policy.decode())["Statement"] if bucket.policy else []


def is_tls_only(statement: dict) -> bool:
    return statement.get("Condition") == {"Bool": {"aws:SecureTransport": "false"}}
