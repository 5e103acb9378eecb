"""Step 1: two VPCs with ranges that do not overlap."""

from __future__ import annotations

from typing import TYPE_CHECKING

from labkit.steps.plan import SIDES

if TYPE_CHECKING:
    from labkit.lab import CloudLab
    from labkit.steps.plan import Side


def build(lab: CloudLab) -> dict[str, str]:
    """The id of each VPC by its name; makes those that are missing."""
    return {side.vpc: build_side(lab, side) for side in SIDES}


def build_side(lab: CloudLab, side: Side) -> str:
    """The id of one side's VPC; makes it if it is missing."""
    return lab.find("vpc", side.vpc) or _create(lab, side)


def _create(lab: CloudLab, side: Side) -> str:
    created = lab.ec2.create_vpc(
        CidrBlock=side.vpc_cidr, TagSpecifications=lab.tags.specification("vpc", side.vpc)
    )
    vpc_id: str = created["Vpc"]["VpcId"]
    lab.ec2.get_waiter("vpc_available").wait(VpcIds=[vpc_id])
    return vpc_id
