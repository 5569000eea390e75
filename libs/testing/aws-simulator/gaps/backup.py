import json
import re
import uuid
from urllib.parse import unquote

from moto.backup.responses import BackupResponse

from .patching import add_to, around

selections: dict[str, dict] = {}


def plan_and_selection(request) -> tuple[str, str]:
    found = re.search(r"/plans/([^/]+)/selections/?([^/?]*)", request.uri)
    return found.group(1), found.group(2)


@add_to(BackupResponse)
def create_backup_selection(self):
    """CreateBackupSelection is missing: `aws_backup_selection` cannot be created (501)."""
    plan, _ = plan_and_selection(self)
    identity = str(uuid.uuid4())
    selections[identity] = json.loads(self.body)["BackupSelection"]
    return json.dumps({"SelectionId": identity, "BackupPlanId": plan, "CreationDate": 1.0})


@add_to(BackupResponse)
def get_backup_selection(self):
    """GetBackupSelection is missing: `aws_backup_selection` fails when it is read (501)."""
    plan, identity = plan_and_selection(self)
    if identity not in selections:
        return json.dumps({"__type": "ResourceNotFoundException"}), {"status": 404}
    return json.dumps(
        {"BackupSelection": selections[identity], "SelectionId": identity, "BackupPlanId": plan}
    )


@add_to(BackupResponse)
def delete_backup_selection(self):
    """DeleteBackupSelection is missing: `aws_backup_selection` cannot be destroyed (501)."""
    selections.pop(plan_and_selection(self)[1], None)
    return "{}"


@around(BackupResponse, "list_tags")
def list_tags(_original, self):
    """ListTags looks for an ARN that is still percent-encoded: tags are lost, every plan shows a difference."""
    arn = unquote(self.path.split("/tags/")[1].strip("/"))
    return json.dumps({"Tags": self.backup_backend.list_tags(resource_arn=arn)})
