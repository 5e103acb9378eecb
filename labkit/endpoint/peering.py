"""
The life of a VPC peering connection, from the request to its end.

moto knows the calls but lets any of them follow any other, peers VPCs whose
addresses overlap, and never lets a request expire.

Source: Amazon VPC Peering Guide, "VPC peering basics"; EC2 API Reference,
VpcPeeringConnectionStateReason.
"""

# ruff: noqa: SLF001  the status of moto's peerings is private

from __future__ import annotations

from ipaddress import ip_network
from types import SimpleNamespace
from typing import TYPE_CHECKING, Any, Final

from labkit.endpoint.ids import check_form, found
from labkit.endpoint.moto_seam.corrections.vpcs import associated_blocks
from labkit.endpoint.operations import AwsError, MotoObject, after, before, operation
from labkit.endpoint.tag_specifications import tags_for
from labkit.units import utc

if TYPE_CHECKING:
    from labkit.endpoint.operations import Call

REQUEST_EXPIRES_S: Final = 7 * 24 * 3600
"""How long a request may wait for acceptance [s]."""

FAILED_MESSAGE: Final = "Failed due to incorrect VPC-ID, Account ID, or overlapping CIDR range"
_LIVE: Final = ("initiating-request", "pending-acceptance", "provisioning", "active")
_MAY_BECOME: Final = {
    "provisioning": ("pending-acceptance",),
    "rejected": ("pending-acceptance",),
    "deleting": ("pending-acceptance", "active"),
}
"""States from which a peering may be taken to another."""


@operation("ec2", "CreateVpcPeeringConnection")
def create(call: Call) -> dict[str, Any]:
    """A request, which the accepter may accept, or a peering that failed at birth."""
    requester = _vpc(call, call.params.get("VpcId"), call.region)
    _refuse_second(call, requester)
    accepter, account_exists = _accepter(call)
    if accepter is requester:
        raise AwsError("InvalidParameterValue", "A VPC cannot be peered with itself.")
    tags = tags_for("vpc-peering-connection", call.params)
    peering = call.backend.create_vpc_peering_connection(requester, accepter, tags)
    peering.expiration_time = call.aws.clock.now() + REQUEST_EXPIRES_S
    shown = _shown(peering)
    if not account_exists or _overlap(requester, accepter):
        peering._status.code, peering._status.message = "failed", FAILED_MESSAGE
    started = f"Initiating Request to {accepter.owner_id}"
    shown["Status"] = {"Code": "initiating-request", "Message": started}
    return {"VpcPeeringConnection": shown}


@operation("ec2", "AcceptVpcPeeringConnection")
def accept(call: Call) -> dict[str, Any]:
    """The peering on its way to ``active``, where the next look finds it."""
    peering = _peering(call)
    if call.region != peering.peer_vpc.region:
        raise _wrong_region(call, peering, "accepted")
    _check_transition(peering, "provisioning")
    call.backend.accept_vpc_peering_connection(peering.id)
    peering.expiration_time = None
    shown = _shown(peering)
    shown["Status"] = {"Code": "provisioning", "Message": "Provisioning"}
    return {"VpcPeeringConnection": shown}


@operation("ec2", "RejectVpcPeeringConnection")
def reject(call: Call) -> dict[str, Any]:
    """Whether the request is turned down."""
    peering = _peering(call)
    if call.region != peering.peer_vpc.region:
        raise _wrong_region(call, peering, "rejected")
    _check_transition(peering, "rejected")
    call.backend.reject_vpc_peering_connection(peering.id)
    return {"Return": True}


@operation("ec2", "DeleteVpcPeeringConnection")
def delete(call: Call) -> dict[str, Any]:
    """Whether the peering is gone; what was routed through it becomes a black hole."""
    peering = _peering(call)
    _check_transition(peering, "deleting")
    call.backend.delete_vpc_peering_connection(peering.id)
    return {"Return": True}


@before("ec2", "DescribeVpcPeeringConnections")
@before("ec2", "ModifyVpcPeeringConnectionOptions")
def check_ids(call: Call) -> None:
    """Refuse ids that are malformed or unknown."""
    asked = call.params.get("VpcPeeringConnectionIds") or []
    for peering_id in (*asked, *filter(None, [call.params.get("VpcPeeringConnectionId")])):
        found("pcx", peering_id, call.backend.vpc_pcxs)


@after("ec2", "DeleteVpc")
def follow_the_vpc(call: Call) -> None:
    """Delete the peerings of a VPC that was deleted."""
    for peering in call.backend.vpc_pcxs.values():
        ends = peering.vpc.id, peering.peer_vpc.id
        if call.params["VpcId"] in ends and peering.status["Code"] in _LIVE:
            peering._status.deleted(call.account_id)


def _vpc(call: Call, vpc_id: str | None, region: str) -> MotoObject:
    if not vpc_id:
        raise AwsError("MissingParameter", "The request must contain the parameter vpcId")
    return found("vpc", vpc_id, call.aws.backend("ec2", region).vpcs)


def _accepter(call: Call) -> tuple[MotoObject, bool]:
    """The VPC asked for, and whether it is known; one in somebody else's account never is."""
    owner = call.params.get("PeerOwnerId") or call.account_id
    region = call.params.get("PeerRegion") or call.region
    peer_id = call.params.get("PeerVpcId")
    if owner == call.account_id:
        return _vpc(call, peer_id, region), True
    check_form("vpc", peer_id or "")
    stranger = SimpleNamespace(
        id=peer_id, owner_id=owner, region=region, cidr_block=None, ec2_backend=call.backend
    )
    return stranger, False


def _refuse_second(call: Call, requester: MotoObject) -> None:
    wanted = {requester.id, call.params.get("PeerVpcId")}
    for peering in call.backend.vpc_pcxs.values():
        if {peering.vpc.id, peering.peer_vpc.id} == wanted and peering.status["Code"] in _LIVE:
            raise AwsError(
                "VpcPeeringConnectionAlreadyExists",
                f"A VPC peering connection between these VPCs already exists: {peering.id}",
            )


def _overlap(one: MotoObject, other: MotoObject) -> bool:
    for ipv6 in (False, True):
        ours, theirs = (
            [ip_network(block["cidr_block"]) for block in associated_blocks(vpc, ipv6=ipv6)]
            for vpc in (one, other)
        )
        if any(mine.overlaps(their) for mine in ours for their in theirs):
            return True
    return False


def _peering(call: Call) -> MotoObject:
    return found("pcx", call.params.get("VpcPeeringConnectionId", ""), call.backend.vpc_pcxs)


def _check_transition(peering: MotoObject, target: str) -> None:
    present = peering.status["Code"]
    if present not in _MAY_BECOME[target]:
        raise AwsError(
            "InvalidStateTransition",
            f"Invalid state transition for {peering.id}, "
            f"attempted to transition from {present} to {target}",
        )


def _wrong_region(call: Call, peering: MotoObject, done: str) -> AwsError:
    return AwsError(
        "OperationNotPermitted",
        f"Incorrect region ({call.region}) specified for this request. VPC peering connection "
        f"{peering.id} must be {done} in region {peering.peer_vpc.region}",
    )


def _shown(peering: MotoObject) -> dict[str, Any]:
    tags = [{"Key": tag["key"], "Value": tag["value"]} for tag in peering.get_tags()]
    shown = {
        "VpcPeeringConnectionId": peering.id,
        "RequesterVpcInfo": peering.requester_vpc_info,
        "AccepterVpcInfo": peering.accepter_vpc_info,
        "Tags": tags,
    }
    if peering.status["Code"] == "pending-acceptance":
        shown["ExpirationTime"] = utc(peering.expiration_time)
    return shown
