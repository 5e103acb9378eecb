"""NAT gateways: an interface that AWS looks after, and an end that shows for a while."""

# ruff: noqa: ANN401, SLF001  moto's objects are untyped, its signatures given, its attributes private

from __future__ import annotations

from datetime import UTC, datetime
from typing import Any, Final

from moto.ec2.models.nat_gateways import NatGatewayBackend

from labkit.endpoint.moto_seam import isolation
from labkit.endpoint.moto_seam.corrections.interfaces import looked_after
from labkit.endpoint.moto_seam.corrections.public_addresses import elastic_address_of, let_go
from labkit.endpoint.moto_seam.corrections.substitution import instead_of

SHOWN_AFTER_THE_END_S: Final = 3600.0
"""How long AWS goes on listing a NAT gateway that failed or was deleted [s]: about an hour."""


@instead_of(NatGatewayBackend, "create_nat_gateway")
def _create(original: Any, _: Any, *args: Any, **kwargs: Any) -> Any:
    made = original(*args, **kwargs)
    looked_after(made._eni, "nat_gateway", f"Interface for NAT Gateway {made.id}")
    made.availability_mode = "zonal"
    made.private_ip = made._eni.private_ip_address
    made.address_set[0] |= {"isPrimary": True, "status": "succeeded"}
    return made


@instead_of(NatGatewayBackend, "delete_nat_gateway")
def _delete(original: Any, ec2: Any, *args: Any, **kwargs: Any) -> Any:
    gone = original(*args, **kwargs)
    _end(ec2, gone)
    return gone


@instead_of(NatGatewayBackend, "describe_nat_gateways")
def _describe(original: Any, ec2: Any, *args: Any, **kwargs: Any) -> Any:
    for each in list(ec2.nat_gateways.values()):
        ended = getattr(each, "delete_time", None)
        if ended and isolation.now() >= ended.timestamp() + SHOWN_AFTER_THE_END_S:
            del ec2.nat_gateways[each.id]
    return original(*args, **kwargs)


def fail(ec2: Any, gateway_id: str, allocation_id: str | None, code: str, message: str) -> None:
    """Have a NAT gateway that was just made come to nothing."""
    gateway = ec2.nat_gateways[gateway_id]
    _end(ec2, gateway)
    gateway.state = "failed"
    gateway.connectivity_type = "public" if allocation_id else gateway.connectivity_type
    gateway.address_set = [{"allocationId": allocation_id}] if allocation_id else []
    gateway.failure_code, gateway.failure_message = code, message


def move(ec2: Any, gateway_id: str, private_address: str) -> None:
    """Give a NAT gateway that was just made the private address its owner asked for."""
    gateway = ec2.nat_gateways[gateway_id]
    gateway.private_ip = gateway._eni.private_ip_address = private_address
    gateway._eni.private_ip_addresses = [{"Primary": True, "PrivateIpAddress": private_address}]
    gateway.address_set[0]["privateIp"] = private_address


def _end(ec2: Any, gateway: Any) -> None:
    gateway.delete_time = datetime.fromtimestamp(isolation.now(), UTC)
    address = elastic_address_of(ec2, gateway._eni)
    if address is not None:
        let_go(address)
    ec2.enis.pop(gateway._eni.id, None)
