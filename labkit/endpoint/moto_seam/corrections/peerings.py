"""Peering connections: address blocks show while the peering is active, and only then."""

# ruff: noqa: ANN401, SLF001  moto's objects are untyped, its signatures given, its attributes private

from __future__ import annotations

from typing import Any

from moto.core.responses import ActionResult
from moto.ec2.models.vpc_peering_connections import VPCPeeringConnection
from moto.ec2.responses.vpc_peering_connections import VPCPeeringConnections
from moto.ec2.utils import generic_filter

from labkit.endpoint.moto_seam import isolation
from labkit.endpoint.moto_seam.corrections.substitution import instead_of
from labkit.endpoint.moto_seam.corrections.vpcs import associated_blocks


@instead_of(VPCPeeringConnection, "requester_vpc_info")
def _requester(original: Any, peering: Any) -> dict[str, Any]:
    return _with_blocks(original(), peering.vpc, peering)


@instead_of(VPCPeeringConnection, "accepter_vpc_info")
def _accepter(original: Any, peering: Any) -> dict[str, Any]:
    return _with_blocks(original(), peering.peer_vpc, peering)


@instead_of(VPCPeeringConnection, "status")
def _peering_status(original: Any, peering: Any) -> dict[str, str]:
    shown: dict[str, str] = original()
    expires = getattr(peering, "expiration_time", None)
    if shown["Code"] == "pending-acceptance" and expires and isolation.now() >= expires:
        return {"Code": "expired", "Message": "Expired"}
    return shown


@instead_of(VPCPeeringConnection, "get_filter_value")
def _peering_filter(
    original: Any,
    peering: Any,
    filter_name: str,
    method_name: str | None = None,
) -> Any:
    side, _, member = filter_name.partition("-vpc-info.")
    if member and side in {"requester", "accepter"}:
        vpc = peering.vpc if side == "requester" else peering.peer_vpc
        return {"cidr-block": vpc.cidr_block, "owner-id": vpc.owner_id, "vpc-id": vpc.id}[member]
    values = {
        "status-code": peering.status["Code"],
        "status-message": peering.status["Message"],
        "vpc-peering-connection-id": peering.id,
    }
    return values.get(filter_name) or original(filter_name, method_name)


@instead_of(VPCPeeringConnections, "describe_vpc_peering_connections")
def _describe_peerings(_: Any, responder: Any) -> ActionResult:
    ids = responder._get_param("VpcPeeringConnectionIds", [])
    asked = responder.ec2_backend.describe_vpc_peering_connections(vpc_peering_ids=ids)
    found = generic_filter(responder._filters_from_querystring(), asked)
    return ActionResult({"VpcPeeringConnections": found})


def _with_blocks(info: dict[str, Any], vpc: Any, peering: Any) -> dict[str, Any]:
    if peering.status["Code"] not in {"active", "provisioning"}:
        return {name: value for name, value in info.items() if name != "CidrBlock"}
    blocks = [{"CidrBlock": each["cidr_block"]} for each in associated_blocks(vpc, ipv6=False)]
    blocks6 = [{"Ipv6CidrBlock": each["cidr_block"]} for each in associated_blocks(vpc, ipv6=True)]
    return {**info, "CidrBlockSet": blocks, "Ipv6CidrBlockSet": blocks6}
