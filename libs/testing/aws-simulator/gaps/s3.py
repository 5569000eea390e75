import json

from moto.s3.models import FakeBucket

may_receive_logs = FakeBucket._log_permissions_enabled_policy


class SpecificStatementsOf:
    """A bucket whose policy holds only statements that name a kind of principal."""

    def __init__(self, bucket):
        self.name, self.partition = bucket.name, bucket.partition
        document = json.loads(bucket.policy.decode()) if bucket.policy else {"Statement": []}
        named = [statement for statement in document["Statement"] if statement.get("Principal") != "*"]
        self.policy = json.dumps({"Statement": named}).encode()


# PutBucketLogging fails (500) when a statement of the target's policy has the principal "*", as TLS-only ones have.
FakeBucket._log_permissions_enabled_policy = staticmethod(
    lambda target_bucket, target_prefix: may_receive_logs(SpecificStatementsOf(target_bucket), target_prefix)
)
