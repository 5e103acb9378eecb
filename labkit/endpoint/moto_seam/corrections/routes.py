"""Routes: moto calls every route active."""

# ruff: noqa: ANN401  moto's objects are untyped, its signatures given, its attributes private

from __future__ import annotations

from typing import TYPE_CHECKING, Any, Final

from moto.ec2.models.route_tables import Route

from labkit.endpoint.moto_seam.corrections.substitution import instead_of

if TYPE_CHECKING:
    from collections.abc import Callable


@instead_of(Route, "state")
def _route_state(_: Any, route: Any) -> str:
    return "active" if route.local or _target_is_there(route) else "blackhole"


@instead_of(Route, "origin")
def _route_origin(original: Any, route: Any) -> str:
    return "CreateRouteTable" if getattr(route, "was_local", False) else str(original())


@instead_of(Route, "network_interface_id")
def _route_interface(original: Any, route: Any) -> str | None:
    if route.instance is not None and route.instance.nics:
        return str(route.instance.nics[0].id)
    found: str | None = original()
    return found


@instead_of(Route, "instance_id")
def _route_instance(original: Any, route: Any) -> str | None:
    if route.interface is not None and route.interface.instance is not None:
        return str(route.interface.instance.id)
    found: str | None = original()
    return found


def _target_is_there(route: Any) -> bool:
    ec2, vpc_id = route.route_table.ec2_backend, route.route_table.vpc_id
    for attribute, is_there in _TARGETS.items():
        target = getattr(route, attribute)
        if target is not None:
            return is_there(ec2, target, vpc_id)
    return False


def _gateway_is_attached(ec2: Any, gateway: Any, vpc_id: str) -> bool:
    if gateway.id in ec2.internet_gateways:
        return gateway.vpc is not None and gateway.vpc.id == vpc_id
    if gateway.id in ec2.vpn_gateways:
        attachment = gateway.attachments.get(vpc_id)
        return attachment is not None and attachment.state == "attached"
    return gateway.id in ec2.vpc_end_points


def _endpoint_is_there(ec2: Any, endpoint_id: str, _: str) -> bool:
    endpoint = ec2.vpc_end_points.get(endpoint_id)
    return endpoint is not None and endpoint.state != "deleted"


def _is_attached_to_transit(ec2: Any, gateway: Any, vpc_id: str) -> bool:
    return any(
        (each.transit_gateway_id, each.resource_id) == (gateway.id, vpc_id)
        for each in ec2.transit_gateway_attachments.values()
    )


_TARGETS: Final[dict[str, Callable[[Any, Any, str], bool]]] = {
    "vpc_pcx": lambda _, peering, __: bool(peering.status["Code"] == "active"),
    "gateway": _gateway_is_attached,
    "nat_gateway": lambda _, gateway, __: bool(gateway.state == "available"),
    "interface": lambda ec2, interface, _: interface.id in ec2.enis,
    "instance": lambda _, instance, __: instance.state not in {"shutting-down", "terminated"},
    "egress_only_igw": lambda ec2, igw, _: igw.id in ec2.egress_only_internet_gateways,
    "transit_gateway": _is_attached_to_transit,
    "carrier_gateway": lambda ec2, gateway, _: gateway.id in ec2.carrier_gateways,
    "vpc_endpoint_id": _endpoint_is_there,
}
