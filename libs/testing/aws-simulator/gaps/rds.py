from moto.core.responses import ActionResult
from moto.rds.models import DBInstance
from moto.rds.responses import RDSResponse

from .patching import around

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
