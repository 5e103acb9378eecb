"""
Beyond the guide: a transit gateway between the first side and the third, without a route to it.

Attached VPCs find each other in its default route table by themselves. What is
left to do is on their own side: a route to the transit gateway in each. On AWS
each attachment costs about five US cents an hour.

Source: Amazon VPC Transit Gateways guide, "How transit gateways work".
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, Final

from labkit.errors import LabError
from labkit.lab.tags import KINDS
from labkit.steps import third_vpc
from labkit.steps.plan import A

if TYPE_CHECKING:
    from labkit.lab import CloudLab
    from labkit.steps.plan import Side

HUB: Final = "hub"
_POLL_S: Final = 5.0
_GIVE_UP_S: Final = 600.0


def build(lab: CloudLab) -> dict[str, str]:
    """
    The id of each thing by its name; makes and joins what is missing, the third VPC included.

    Raises:
        StepOutOfOrder: The first two sides have not been built.
        LabError: Transit gateway or attachment was not available within ten minutes.
    """
    built = third_vpc.build(lab)
    built[HUB] = lab.find("transit-gateway", HUB) or _transit_gateway(lab)
    _wait_until_available(lab, "transit-gateway")
    for side in (A, third_vpc.C):
        name = f"{HUB}-{side.letter}"
        found = lab.find("transit-gateway-attachment", name)
        built[name] = found or _attach(lab, built[HUB], side, name)
    _wait_until_available(lab, "transit-gateway-attachment")
    return built


def _transit_gateway(lab: CloudLab) -> str:
    created = lab.ec2.create_transit_gateway(
        TagSpecifications=lab.tags.specification("transit-gateway", HUB)
    )
    gateway_id: str = created["TransitGateway"]["TransitGatewayId"]
    return gateway_id


def _attach(lab: CloudLab, gateway_id: str, side: Side, name: str) -> str:
    created = lab.ec2.create_transit_gateway_vpc_attachment(
        TransitGatewayId=gateway_id,
        VpcId=lab.require("vpc", side.vpc, step="vpcs"),
        SubnetIds=[lab.require("subnet", side.subnet, step="subnets")],
        TagSpecifications=lab.tags.specification("transit-gateway-attachment", name),
    )
    attachment_id: str = created["TransitGatewayVpcAttachment"]["TransitGatewayAttachmentId"]
    return attachment_id


def _wait_until_available(lab: CloudLab, kind: str) -> None:
    """On AWS a transit gateway takes a minute or two, and an attachment another."""
    deadline_s = lab.clock.now() + _GIVE_UP_S
    while pending := _pending(lab, kind):
        if lab.clock.now() >= deadline_s:
            ids = ", ".join(each[KINDS[kind].id_key] for each in pending)
            raise LabError(f"{ids} is still pending. Build this step again; it goes on from there.")
        lab.clock.sleep(_POLL_S)


def _pending(lab: CloudLab, kind: str) -> list[dict[str, Any]]:
    return [each for each in lab.tags.resources(lab.ec2, kind) if each["State"] == "pending"]
