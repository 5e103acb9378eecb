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
class DeliveryPermissions(Part):
    """The permissions of the lab's delivery role; None where it has none."""

    def read(self, lab: CloudLab) -> Value:
        try:
            found = lab.iam.get_role_policy(RoleName=iam.role_name(lab), PolicyName=iam.POLICY_NAME)
        except lab.iam.exceptions.NoSuchEntityException:
            lab.iam.get_role(RoleName=iam.role_name(lab))  # says so if the role itself is gone
            return None
        return found["PolicyDocument"]

    def write(self, lab: CloudLab, value: Value) -> None:
        if self.read(lab) == value:
            return
        at = {"RoleName": iam.role_name(lab), "PolicyName": iam.POLICY_NAME}
        if value is None:
            lab.iam.delete_role_policy(**at)
        else:
            lab.iam.put_role_policy(**at, PolicyDocument=json.dumps(value))

    def on(self, world: World, value: Value) -> World:
        return _delivering(world, may="logs:PutLogEvents" in json.dumps(value))

    def words(self, value: Value) -> str:
        if value is None:
            return "permissions of the delivery role: none"
        actions = [action for each in value["Statement"] for action in each["Action"]]
        return f"permissions of the delivery role: {', '.join(actions)}"


def _delivering(world: World, *, may: bool) -> World:
    error = None if may else ACCESS_ERROR
    return replace(
        world, flow_logs=tuple(replace(each, delivery_error=error) for each in world.flow_logs)
    )
