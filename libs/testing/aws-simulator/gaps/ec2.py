from moto.ec2.models.elastic_network_interfaces import NetworkInterface
from moto.ec2.models.security_groups import SecurityGroupRule

# ECS RunTask reads it and fails (AttributeError) in a VPC without DNS host names.
NetworkInterface.private_dns_name = ""


def description(self: SecurityGroupRule) -> str | None:
    """DescribeSecurityGroupRules loses the text of rules that name a security group: every plan differs."""
    return self.ip_range.get("Description") or (self.source_group or {}).get("Description")


SecurityGroupRule.description = property(description)
