from uuid import uuid4

from moto.core.responses import ActionResult
from moto.rds.models import DBInstance, RDSBackend
from moto.rds.responses import RDSResponse

from .patching import add_to, around

PERFORMANCE_INSIGHTS = {
    "EnablePerformanceInsights": "performance_insights_enabled",
    "PerformanceInsightsRetentionPeriod": "performance_insights_retention_period",
    "PerformanceInsightsKMSKeyId": "performance_insights_kms_key_id",
}


@around(DBInstance, "__init__")
def has_the_certificate_of_aws(original, self, *args, **kwargs):
    """CreateDBInstance signs with `rds-ca-default`, which is no CA: the provider changes it, which takes 80 s."""
    kwargs.setdefault("ca_certificate_identifier", "rds-ca-rsa2048-g1")
    original(self, *args, **kwargs)


@around(DBInstance, "__init__")
def has_an_id_of_its_own(original, self, *args, **kwargs):
    """Every instance has the same DbiResourceId: the provider, which looks for it, finds too many when there are two."""
    original(self, *args, **kwargs)
    self.dbi_resource_id = "db-" + uuid4().hex[:26].upper()


@around(DBInstance, "update")
def keeps_its_master_secret(original, self, *args, **kwargs):
    """ModifyDBInstance makes another secret when it is told again that RDS manages the password."""
    if getattr(self, "manage_master_user_password", False) and kwargs.get("manage_master_user_password"):
        del kwargs["manage_master_user_password"]
    return original(self, *args, **kwargs)


@around(RDSBackend, "restore_db_instance_to_point_in_time")
def restored_is_no_replica(original, self, source, target, overrides):
    """RestoreDBInstanceToPointInTime makes a read replica of it: the provider wants to promote that, without end."""
    return original(self, source, target, {**overrides, "source_db_instance_identifier": None})


@around(RDSResponse, "create_db_instance")
@around(RDSResponse, "modify_db_instance")
def keep_performance_insights(original, self):
    """CreateDBInstance and ModifyDBInstance drop Performance Insights: every plan shows a difference."""
    # Read before the call, which uses the parameters up.
    asked = {attribute: self.params.get(name) for name, attribute in PERFORMANCE_INSIGHTS.items()}
    reply = original(self)
    for attribute, value in asked.items():
        if value is not None:
            setattr(reply.result["DBInstance"], attribute, value)
    return reply


@around(RDSResponse, "describe_db_parameters")
def describe_db_parameters(original, self):
    """DescribeDBParameters does not say that a parameter was set by the user: every plan shows a difference."""
    parameters = [{**parameter, "Source": "user"} for parameter in original(self).result["Parameters"]]
    is_wanted = self.params.get("Source") in (None, "user")
    return ActionResult({"Parameters": parameters if is_wanted else []})


# What a new account may have.
MOST_INSTANCES = 40


@add_to(RDSResponse)
def describe_account_attributes(self):
    """DescribeAccountAttributes is missing: nobody can tell whether another instance is allowed (501)."""
    used = len(self.backend.databases)
    quota = {"AccountQuotaName": "DBInstances", "Used": used, "Max": MOST_INSTANCES}
    return ActionResult({"AccountQuotas": [quota]})
