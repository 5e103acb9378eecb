"""
Beyond the guide: a third VPC, peered with the second and with nobody else.

So the first side and this one have a neighbour in common, and no way to each
other: peering connections do not pass on what is for somebody else.

Source: Amazon VPC Peering Guide, "Unsupported VPC peering configurations".
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from labkit.steps import instances, peering, routes, security_groups, subnets, vpcs
from labkit.steps.plan import A, B, Side

if TYPE_CHECKING:
    from labkit.lab import CloudLab

C: Final = Side("c", "10.3.0.0/16", "10.3.1.0/24", "10.3.1.10")
PEERING: Final = "b-to-c"


def build(lab: CloudLab) -> dict[str, str]:
    """
    The id of each thing by its name; makes and joins what is missing.

    Raises:
        StepOutOfOrder: The second side has not been built.
        LabError: The peering connection did not become active.
    """
    vpc_id = vpcs.build_side(lab, C)
    subnet_id = subnets.build_side(lab, C)
    instance_id = lab.find("instance", C.instance)
    if instance_id is None:
        instance_id = instances.launch(lab, C, instances.image_id(lab))
    lab.ec2.get_waiter("instance_running").wait(InstanceIds=[instance_id])
    group_id = security_groups.build_side(lab, C, A.vpc_cidr, B.vpc_cidr)
    security_groups.build_side(lab, B, C.vpc_cidr)
    peering_id = peering.connect(lab, PEERING, B, C)
    table_id = routes.build_side(lab, C, B.vpc_cidr, peering_id)
    routes.build_side(lab, B, C.vpc_cidr, peering_id)
    return {
        C.vpc: vpc_id,
        C.subnet: subnet_id,
        C.instance: instance_id,
        C.security_group: group_id,
        PEERING: peering_id,
        C.route_table: table_id,
    }
