"""
Security groups and their rules, listed.

moto has one of the lists not, and leaves out of the other whose the rules are.

Source: Amazon EC2 API Reference, DescribeSecurityGroupRules and GetSecurityGroupsForVpc.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from labkit.endpoint.operations import operation

if TYPE_CHECKING:
    from labkit.endpoint.operations import Call, Params


@operation("ec2", "GetSecurityGroupsForVpc")
def groups_for_vpc(call: Call) -> dict[str, Any]:
    """The groups that interfaces in a VPC can have, which are those made for it."""
    vpc_id = call.backend.get_vpc(call.params["VpcId"]).id
    of_vpc = [{"Name": "vpc-id", "Values": [vpc_id]}]
    listed = call.aws.invoke("ec2", "DescribeSecurityGroups", region=call.region, Filters=of_vpc)
    return {"SecurityGroupForVpcs": [_of(vpc_id, each) for each in listed["SecurityGroups"]]}


@operation("ec2", "DescribeSecurityGroupRules")
def describe_rules(call: Call) -> dict[str, Any]:
    """Rules, each with its owner."""
    listed = call.forward()["SecurityGroupRules"]
    return {"SecurityGroupRules": [shown_rule(call, each) for each in listed]}


def shown_rule(call: Call, rule: Params) -> dict[str, Any]:
    """A rule as AWS shows it, given as moto does."""
    arn = f"arn:aws:ec2:{call.region}:{call.account_id}:security-group-rule"
    return {
        **rule,
        "GroupOwnerId": call.account_id,
        "SecurityGroupRuleArn": f"{arn}/{rule['SecurityGroupRuleId']}",
    }


def _of(vpc_id: str, group: Params) -> dict[str, Any]:
    kept = ("Description", "GroupName", "OwnerId", "GroupId", "Tags")
    shown = {name: group[name] for name in kept if name in group}
    return {**shown, "PrimaryVpcId": vpc_id}
