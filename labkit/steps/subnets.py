"""Step 2: one subnet in each VPC."""

from __future__ import annotations

from typing import TYPE_CHECKING

from labkit.steps.plan import SIDES

if TYPE_CHECKING:
    from labkit.lab import CloudLab
    from labkit.steps.plan import Side


def build(lab: CloudLab) -> dict[str, str]:
    """The id of each subnet by its name; makes those that are missing."""
    return {side.subnet: build_side(lab, side) for side in SIDES}


def build_side(lab: CloudLab, side: Side) -> str:
    """The id of one side's subnet; makes it if it is missing."""
    return find_or_create(lab, side.subnet, side.vpc, side.subnet_cidr)


def find_or_create(lab: CloudLab, name: str, vpc: str, cidr: str) -> str:
    """The id of a subnet by its Name tag; makes it, in a VPC by its Name tag, if it is missing."""
    return lab.find("subnet", name) or _create(lab, name, vpc, cidr)


def _create(lab: CloudLab, name: str, vpc: str, cidr: str) -> str:
    created = lab.ec2.create_subnet(
        VpcId=lab.require("vpc", vpc, step="vpcs"),
        CidrBlock=cidr,
        TagSpecifications=lab.tags.specification("subnet", name),
    )
    subnet_id: str = created["Subnet"]["SubnetId"]
    lab.ec2.get_waiter("subnet_available").wait(SubnetIds=[subnet_id])
    return subnet_id
