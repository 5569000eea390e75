from moto.ec2.exceptions import InvalidSecurityGroupRuleIdNotFoundError
from moto.ec2.models.elastic_network_interfaces import NetworkInterface
from moto.ec2.models.security_groups import SecurityGroupBackend, SecurityGroupRule

from .patching import around

# ECS RunTask reads it and fails (AttributeError) in a VPC without DNS host names.
NetworkInterface.private_dns_name = ""


def description(self: SecurityGroupRule) -> str | None:
    """DescribeSecurityGroupRules loses the text of rules that name a security group: every plan differs."""
    return self.ip_range.get("Description") or (self.source_group or {}).get("Description")


SecurityGroupRule.description = property(description)


@around(SecurityGroupBackend, "revoke_security_group_egress")
@around(SecurityGroupBackend, "revoke_security_group_ingress")
def revoke_by_id(original, self, **rule):
    """RevokeSecurityGroupIngress and -Egress call an unknown rule by another error than AWS: when the provider
    repeats a request whose answer got lost, it does not see that the rule is gone, and the destruction fails."""
    group = self.get_security_group_by_name_or_id(rule["group_name_or_id"], rule.get("vpc_id"))
    for rule_id in rule.get("security_rule_ids") or []:
        if group and not group.get_rule(rule_id):
            raise InvalidSecurityGroupRuleIdNotFoundError(rule_id)
    return original(self, **rule)
