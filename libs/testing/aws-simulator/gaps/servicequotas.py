from moto.servicequotas.models import ServiceQuotasBackend
from moto.servicequotas.responses import ServiceQuotasResponse

from .patching import add_to, around

# AWS's defaults are lower in a new account; these are what it has after some weeks.
FARGATE = {
    "L-3032A538": ("Fargate On-Demand vCPU resource count", 6.0),
    "L-36FBB829": ("Fargate Spot vCPU resource count", 6.0),
}


@around(ServiceQuotasBackend, "get_service_quota")
def get_service_quota(original, self, service_code, quota_code):
    """GetServiceQuota knows VPC only."""
    if service_code != "fargate" or quota_code not in FARGATE:
        return original(self, service_code, quota_code)
    name, value = FARGATE[quota_code]
    return {"ServiceCode": service_code, "QuotaCode": quota_code, "QuotaName": name, "Value": value}


@add_to(ServiceQuotasResponse)
def get_aws_default_service_quota(self):
    """GetAWSDefaultServiceQuota is missing; nothing here differs from the defaults."""
    return self.get_service_quota()
