"""The role that flow logs deliver with: who may assume it, and what it may do."""

from __future__ import annotations

import json
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING, Final

from labkit.faults.parts.part import Part
from labkit.steps import iam

if TYPE_CHECKING:
    from labkit.faults.parts.part import Value
    from labkit.faults.world import World
    from labkit.lab import CloudLab

ACCESS_ERROR: Final = "Access error"


@dataclass(frozen=True, slots=True)
class DeliveryTrust(Part):
    """The trust policy of the lab's delivery role."""

    def read(self, lab: CloudLab) -> Value:
        return lab.iam.get_role(RoleName=iam.role_name(lab))["Role"]["AssumeRolePolicyDocument"]

    def write(self, lab: CloudLab, value: Value) -> None:
        if self.read(lab) != value:
            lab.iam.update_assume_role_policy(
                RoleName=iam.role_name(lab), PolicyDocument=json.dumps(value)
            )

    def on(self, world: World, value: Value) -> World:
        return _delivering(world, may=iam.SERVICE in json.dumps(value))

    def words(self, value: Value) -> str:
        services = [each["Principal"].get("Service") for each in value["Statement"]]
        return f"trust policy of the delivery role: {', '.join(map(str, services))}"


@dataclass(frozen=True, slots=True)
class DeliveryPolicies(Part):
    """
    Every policy of the lab's delivery role.

    Its value holds the documents of ``inline`` policies by name, and the ARNs of ``attached`` ones.
    """

    def read(self, lab: CloudLab) -> Value:
        client, role = lab.iam, {"RoleName": iam.role_name(lab)}
        pages = client.get_paginator("list_role_policies").paginate(**role)
        names = sorted(name for page in pages for name in page["PolicyNames"])
        pages = client.get_paginator("list_attached_role_policies").paginate(**role)
        return {
            "inline": {
                name: client.get_role_policy(**role, PolicyName=name)["PolicyDocument"]
                for name in names
            },
            "attached": sorted(
                each["PolicyArn"] for page in pages for each in page["AttachedPolicies"]
            ),
        }

    def write(self, lab: CloudLab, value: Value) -> None:
        found, client, role = self.read(lab), lab.iam, {"RoleName": iam.role_name(lab)}
        for name, document in value["inline"].items():
            if found["inline"].get(name) != document:
                client.put_role_policy(**role, PolicyName=name, PolicyDocument=json.dumps(document))
        for name in sorted(found["inline"].keys() - value["inline"].keys()):
            client.delete_role_policy(**role, PolicyName=name)
        for arn in sorted(set(value["attached"]) - set(found["attached"])):
            client.attach_role_policy(**role, PolicyArn=arn)
        for arn in sorted(set(found["attached"]) - set(value["attached"])):
            client.detach_role_policy(**role, PolicyArn=arn)

    def on(self, world: World, value: Value) -> World:
        return _delivering(world, may="logs:PutLogEvents" in json.dumps(value["inline"]))

    def words(self, value: Value) -> str:
        names = ", ".join([*value["inline"], *value["attached"]])
        return f"policies of the delivery role: {names or 'none'}"


def _delivering(world: World, *, may: bool) -> World:
    error = None if may else ACCESS_ERROR
    return replace(
        world, flow_logs=tuple(replace(each, delivery_error=error) for each in world.flow_logs)
    )
