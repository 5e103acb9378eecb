"""
A way for Systems Manager to reach instances that have no way out to the internet.

Real instances run their commands through an agent, which must be able to talk
to the service: interface endpoints in each VPC, and a role on each instance. A
cloud without agents has no use for this step, so ``session`` leaves it out
there.

Source: AWS Systems Manager User Guide, "Improve the security of EC2 instances
by using VPC endpoints".
"""

from __future__ import annotations

import json
from contextlib import suppress
from typing import TYPE_CHECKING, Any, Final

from labkit.errors import LabError
from labkit.steps import security_groups
from labkit.steps.plan import SIDES

if TYPE_CHECKING:
    from collections.abc import Iterable

    from labkit.lab import CloudLab
    from labkit.steps.plan import Side

SERVICES: Final = ("ssm", "ssmmessages", "ec2messages")
HTTPS: Final = 443
_POLL_S: Final = 5.0
_GIVE_UP_S: Final = 600.0

TRUST: Final[dict[str, Any]] = {
    "Version": "2012-10-17",
    "Statement": [
        {
            "Effect": "Allow",
            "Principal": {"Service": "ec2.amazonaws.com"},
            "Action": "sts:AssumeRole",
        }
    ],
}

# What the agent needs to take commands and send their output back, and no more.
PERMISSIONS: Final[dict[str, Any]] = {
    "Version": "2012-10-17",
    "Statement": [
        {
            "Effect": "Allow",
            "Action": [
                "ssm:UpdateInstanceInformation",
                "ssmmessages:CreateControlChannel",
                "ssmmessages:CreateDataChannel",
                "ssmmessages:OpenControlChannel",
                "ssmmessages:OpenDataChannel",
                "ec2messages:AcknowledgeMessage",
                "ec2messages:DeleteMessage",
                "ec2messages:FailMessage",
                "ec2messages:GetEndpoint",
                "ec2messages:GetMessages",
                "ec2messages:SendReply",
            ],
            "Resource": "*",
        }
    ],
}


def connect(lab: CloudLab, instance_ids: Iterable[str]) -> None:
    """
    Have more instances of the first side answer to Systems Manager.

    Its endpoints serve the whole VPC. A lab without this step needs nothing.

    Raises:
        LabError: An instance did not connect within ten minutes.
    """
    try:
        lab.iam.get_instance_profile(InstanceProfileName=profile_name(lab))
    except lab.iam.exceptions.NoSuchEntityException:
        return
    wanted = set(instance_ids)
    for instance_id in sorted(wanted):
        _associate(lab, instance_id)
    _wait_until_online(lab, wanted)


def profile_name(lab: CloudLab) -> str:
    """The name of the instance profile and of the role in it."""
    return f"{lab.name}-ssm"


def build(lab: CloudLab) -> dict[str, str]:
    """
    The id of each endpoint by its name, once every instance answers to Systems Manager.

    Raises:
        StepOutOfOrder: A VPC, subnet or instance is missing.
        LabError: An instance did not connect within ten minutes.
    """
    _profile(lab)
    endpoints: dict[str, str] = {}
    for side in SIDES:
        endpoints |= _build_side(lab, side)
    wanted = {lab.require("instance", side.instance, step="instances") for side in SIDES}
    _wait_until_online(lab, wanted)
    return endpoints


def _build_side(lab: CloudLab, side: Side) -> dict[str, str]:
    vpc_id = lab.require("vpc", side.vpc, step="vpcs")
    for attribute in ("EnableDnsSupport", "EnableDnsHostnames"):
        lab.ec2.modify_vpc_attribute(VpcId=vpc_id, **{attribute: {"Value": True}})
    group_id = _group(lab, side)
    _associate(lab, lab.require("instance", side.instance, step="instances"))
    names = {f"{service}-{side.letter}": service for service in SERVICES}
    return {
        name: lab.find("vpc-endpoint", name) or _endpoint(lab, side, name, service, group_id)
        for name, service in names.items()
    }


def _group(lab: CloudLab, side: Side) -> str:
    """A group that lets HTTPS in from the VPC, for the endpoints' own interfaces."""
    about = "HTTPS to the Systems Manager endpoints"
    group = security_groups.find_or_create(lab, f"endpoints-{side.letter}", side.vpc, about)
    group_id: str = group["GroupId"]
    if not group["IpPermissions"]:
        lab.ec2.authorize_security_group_ingress(
            GroupId=group_id,
            IpPermissions=[
                {
                    "IpProtocol": "tcp",
                    "FromPort": HTTPS,
                    "ToPort": HTTPS,
                    "IpRanges": [{"CidrIp": side.vpc_cidr}],
                }
            ],
        )
    return group_id


def _endpoint(lab: CloudLab, side: Side, name: str, service: str, group_id: str) -> str:
    created = lab.ec2.create_vpc_endpoint(
        VpcEndpointType="Interface",
        VpcId=lab.require("vpc", side.vpc, step="vpcs"),
        ServiceName=f"com.amazonaws.{lab.region}.{service}",
        SubnetIds=[lab.require("subnet", side.subnet, step="subnets")],
        SecurityGroupIds=[group_id],
        PrivateDnsEnabled=True,
        TagSpecifications=lab.tags.specification("vpc-endpoint", name),
    )
    endpoint_id: str = created["VpcEndpoint"]["VpcEndpointId"]
    return endpoint_id


def _profile(lab: CloudLab) -> None:
    name = profile_name(lab)
    errors = lab.iam.exceptions
    # What an earlier build made is there already, and as good.
    with suppress(errors.EntityAlreadyExistsException):
        lab.iam.create_role(
            RoleName=name, AssumeRolePolicyDocument=json.dumps(TRUST), Tags=lab.tags.of(name)
        )
    lab.iam.put_role_policy(
        RoleName=name, PolicyName="run-commands", PolicyDocument=json.dumps(PERMISSIONS)
    )
    with suppress(errors.EntityAlreadyExistsException):
        lab.iam.create_instance_profile(InstanceProfileName=name, Tags=lab.tags.of(name))
    profile = lab.iam.get_instance_profile(InstanceProfileName=name)["InstanceProfile"]
    if not profile["Roles"]:
        lab.iam.add_role_to_instance_profile(InstanceProfileName=name, RoleName=name)
    lab.iam.get_waiter("instance_profile_exists").wait(InstanceProfileName=name)


def _associate(lab: CloudLab, instance_id: str) -> None:
    associations = lab.ec2.describe_iam_instance_profile_associations(
        Filters=[
            {"Name": "instance-id", "Values": [instance_id]},
            {"Name": "state", "Values": ["associating", "associated"]},
        ]
    )["IamInstanceProfileAssociations"]
    if not associations:
        lab.ec2.associate_iam_instance_profile(
            IamInstanceProfile={"Name": profile_name(lab)}, InstanceId=instance_id
        )


def _wait_until_online(lab: CloudLab, wanted: set[str]) -> None:
    deadline_s = lab.clock.now() + _GIVE_UP_S
    while not wanted <= _online(lab):
        if lab.clock.now() >= deadline_s:
            raise LabError(
                f"{', '.join(sorted(wanted - _online(lab)))} did not connect to Systems Manager "
                f"within {_GIVE_UP_S:.0f} s. Build this step again; it goes on where it stopped."
            )
        lab.clock.sleep(_POLL_S)


def _online(lab: CloudLab) -> set[str]:
    pages = lab.ssm.get_paginator("describe_instance_information").paginate()
    return {
        item["InstanceId"]
        for page in pages
        for item in page["InstanceInformationList"]
        if item["PingStatus"] == "Online"
    }
