from moto.elbv2.exceptions import ELBClientError
from moto.elbv2.models import ELBv2Backend

from .patching import around


@around(ELBv2Backend, "create_load_balancer")
def create_load_balancer(original, self, *args, **kwargs):
    """CreateLoadBalancer without a scheme makes a balancer that has none; AWS makes an internet-facing one."""
    if kwargs.get("scheme") is None:
        kwargs["scheme"] = "internet-facing"
    return original(self, *args, **kwargs)


@around(ELBv2Backend, "delete_load_balancer")
def delete_load_balancer(original, self, arn: str):
    """DeleteLoadBalancer deletes a balancer with deletion protection too."""
    balancer = self.load_balancers.get(arn)
    if balancer and balancer.attrs.get("deletion_protection.enabled") == "true":
        message = f"Load balancer '{arn}' cannot be deleted because deletion protection is enabled"
        raise ELBClientError("OperationNotPermitted", message)
    return original(self, arn)
