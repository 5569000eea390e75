from moto.elbv2.models import ELBv2Backend

from .patching import around


@around(ELBv2Backend, "create_load_balancer")
def create_load_balancer(original, self, *args, **kwargs):
    """CreateLoadBalancer without a scheme makes a balancer that has none; AWS makes an internet-facing one."""
    if kwargs.get("scheme") is None:
        kwargs["scheme"] = "internet-facing"
    return original(self, *args, **kwargs)
