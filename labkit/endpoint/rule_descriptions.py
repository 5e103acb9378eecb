"""
Descriptions of security group rules, changed after the rule was made.

moto changes those of address blocks, and those of rules that are named by what they admit.

Source: Amazon EC2 API Reference, UpdateSecurityGroupRuleDescriptionsIngress.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from labkit.endpoint.moto_seam.corrections.vpcs import describe_rule
from labkit.endpoint.operations import AwsError, MotoObject, operation
from labkit.endpoint.security_groups import group_of, normal, rules_of

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator

    from labkit.endpoint.operations import Call

_Change = tuple[MotoObject, str | None]
"""A rule, and what it is to be described as."""


@operation("ec2", "UpdateSecurityGroupRuleDescriptionsIngress")
def update_ingress(call: Call) -> dict[str, Any]:
    """That it was done; for all of the rules, or an error and for none."""
    return _update(call, group_of(call).ingress_rules)


@operation("ec2", "UpdateSecurityGroupRuleDescriptionsEgress")
def update_egress(call: Call) -> dict[str, Any]:
    """That it was done; for all of the rules, or an error and for none."""
    return _update(call, group_of(call).egress_rules)


def _update(call: Call, rules: Iterable[MotoObject]) -> dict[str, Any]:
    changes = [*_by_id(call, rules), *_by_what_they_admit(call, rules)]
    for rule, text in changes:
        describe_rule(rule, text)
    return {"Return": True}


def _by_id(call: Call, rules: Iterable[MotoObject]) -> Iterator[_Change]:
    there = {rule.id: rule for rule in rules}
    for each in call.params.get("SecurityGroupRuleDescriptions", []):
        rule_id = each.get("SecurityGroupRuleId", "")
        if rule_id not in there:
            message = f"The security group rule ID '{rule_id}' does not exist"
            raise AwsError("InvalidSecurityGroupRuleId.NotFound", message)
        yield there[rule_id], each.get("Description")


def _by_what_they_admit(call: Call, rules: Iterable[MotoObject]) -> Iterator[_Change]:
    there = {_key(rule): rule for rule in rules}
    for permission in call.params.get("IpPermissions", []):
        for key, source in rules_of(normal(call, group_of(call), permission)):
            if key not in there:
                message = "The specified rule does not exist in this security group"
                raise AwsError("InvalidPermission.NotFound", message)
            yield there[key], source.get("Description")


def _key(rule: MotoObject) -> tuple[object, ...]:
    named = rule.cidr_ipv4, rule.cidr_ipv6, rule.source_group.get("GroupId"), rule.prefix_list_id
    source = next(each for each in named if each is not None)
    return (rule.ip_protocol, rule.from_port, rule.to_port, source)
