"""Step 5: a peering connection between the two VPCs, requested and accepted."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from labkit.errors import LabError
from labkit.steps.plan import PEERING, A, B

if TYPE_CHECKING:
    from labkit.lab import CloudLab
    from labkit.steps.plan import Side

_POLL_S: Final = 1.0
_GIVE_UP_S: Final = 60.0


def build(lab: CloudLab) -> dict[str, str]:
    """
    The id of the peering connection by its name, once it is active.

    Raises:
        LabError: It ended in another state, for example because ranges overlap.
    """
    return {PEERING: connect(lab, PEERING, A, B)}


def connect(lab: CloudLab, name: str, requester: Side, accepter: Side) -> str:
    """
    The id of the peering connection of that name between two sides, once it is active.

    Raises:
        LabError: It ended in another state, for example because ranges overlap.
    """
    sides = (requester, accepter)
    peering_id = (
        lab.find("vpc-peering-connection", name)
        or _adopt(lab, name, sides)
        or _request(lab, name, sides)
    )
    if _status(lab, peering_id)["Code"] == "pending-acceptance":
        lab.ec2.accept_vpc_peering_connection(VpcPeeringConnectionId=peering_id)
    _wait_until_active(lab, peering_id)
    return peering_id


def _adopt(lab: CloudLab, name: str, sides: tuple[Side, Side]) -> str | None:
    """
    A connection that somebody made by hand between the two VPCs, given the lab's tags.

    AWS allows one between a pair of VPCs, so a second could not be requested.
    """
    own = {lab.find("vpc", side.vpc) for side in sides}
    live = [{"Name": "status-code", "Values": ["pending-acceptance", "provisioning", "active"]}]
    found = lab.ec2.describe_vpc_peering_connections(Filters=live)["VpcPeeringConnections"]
    for each in found:
        if {each["RequesterVpcInfo"]["VpcId"], each["AccepterVpcInfo"]["VpcId"]} == own:
            peering_id: str = each["VpcPeeringConnectionId"]
            [tagged] = lab.tags.specification("vpc-peering-connection", name)
            lab.ec2.create_tags(Resources=[peering_id], Tags=tagged["Tags"])
            return peering_id
    return None


def _request(lab: CloudLab, name: str, sides: tuple[Side, Side]) -> str:
    requested = lab.ec2.create_vpc_peering_connection(
        VpcId=lab.require("vpc", sides[0].vpc, step="vpcs"),
        PeerVpcId=lab.require("vpc", sides[1].vpc, step="vpcs"),
        TagSpecifications=lab.tags.specification("vpc-peering-connection", name),
    )
    peering_id: str = requested["VpcPeeringConnection"]["VpcPeeringConnectionId"]
    lab.ec2.get_waiter("vpc_peering_connection_exists").wait(VpcPeeringConnectionIds=[peering_id])
    return peering_id


def _status(lab: CloudLab, peering_id: str) -> dict[str, str]:
    [connection] = lab.ec2.describe_vpc_peering_connections(VpcPeeringConnectionIds=[peering_id])[
        "VpcPeeringConnections"
    ]
    status: dict[str, str] = connection["Status"]
    return status


def _wait_until_active(lab: CloudLab, peering_id: str) -> None:
    deadline_s = lab.clock.now() + _GIVE_UP_S
    while (status := _status(lab, peering_id))["Code"] != "active":
        if status["Code"] in ("failed", "rejected", "expired", "deleted") or (
            lab.clock.now() >= deadline_s
        ):
            raise LabError(
                f"Peering connection {peering_id} is {status['Code']}: {status.get('Message')}. "
                "Look at the ranges of the two VPCs, then build this step again."
            )
        lab.clock.sleep(_POLL_S)
