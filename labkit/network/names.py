"""What resources are called: by their Name tag and id, or by the id alone."""

from __future__ import annotations

from ipaddress import ip_address
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from labkit.network.topology import Topology
    from labkit.network.ways_out import OutsideHost


def label(topology: Topology, resource_id: str | None) -> str:
    """
    The Name tag of a resource with its id, or the id alone when it has no name.

    An outside host goes by its name and address, a prefix list by AWS's name for it.
    """
    if resource_id is None:
        return "unknown"
    name = _name(topology, resource_id)
    return f"{name} ({resource_id})" if name else resource_id


def short(topology: Topology, resource_id: str) -> str:
    """A resource's name alone, or its id where it has none."""
    return label(topology, resource_id).removesuffix(f" ({resource_id})")


def outside_named(topology: Topology, name: str) -> tuple[OutsideHost, ...]:
    """The hosts outside that go by a name or an address, one for each address."""
    hosts = topology.outside.values()
    return tuple(each for each in hosts if name and name in (each.name, str(each.address)))


def _name(topology: Topology, resource_id: str) -> str:
    kinds = (
        topology.interfaces,
        topology.subnets,
        topology.vpcs,
        topology.route_tables,
        topology.security_groups,
        topology.network_acls,
        topology.peerings,
        topology.nat_gateways,
        topology.egress_only_gateways,
        topology.gateway_endpoints,
        topology.transit_gateways,
        topology.transit_attachments,
        topology.transit_route_tables,
    )
    for kind in kinds:
        if resource_id in kind:
            name: str = kind[resource_id].name
            return name
    for names in (topology.internet_gateway_names, topology.prefix_list_names):
        if resource_id in names:
            return names[resource_id]
    return _outside_name(topology, resource_id)


def _outside_name(topology: Topology, text: str) -> str:
    try:
        host = topology.outside.get(ip_address(text))
    except ValueError:
        return ""
    return host.name if host else ""
