"""
A network with one gateway of every kind, for tests of walks through them.

VPC a has a public subnet a1 and a private subnet a2 with a NAT gateway, an
egress-only gateway and a gateway endpoint; VPC b is attached to a transit
gateway together with a, and peered with c. Everything answers. VPC x has
10.<x>.0.0/16 and 2001:db8:<x>::/56, and its subnet n the third octet n.
"""

from __future__ import annotations

from dataclasses import replace
from ipaddress import ip_address, ip_network
from pathlib import Path
from typing import Any, Final

import yaml

from labkit.network import topology as net
from labkit.network import ways_out as out
from labkit.network.packet import SYN, Packet, Protocol, echo_request
from labkit.network.walk import walk

OCTETS: Final = {"a": 1, "b": 2, "c": 3}
EVERYWHERE: Final = (ip_network("0.0.0.0/0"), ip_network("::/0"))
KINDS: Final = {
    "local": net.TargetKind.LOCAL,
    "pcx": net.TargetKind.PEERING,
    "igw": net.TargetKind.INTERNET_GATEWAY,
    "nat": net.TargetKind.NAT_GATEWAY,
    "eigw": net.TargetKind.EGRESS_ONLY_GATEWAY,
    "tgw": net.TargetKind.TRANSIT_GATEWAY,
    "vpce": net.TargetKind.VPC_ENDPOINT,
    "eni": net.TargetKind.NETWORK_INTERFACE,
}
OPEN: Final = net.Host(listening=frozenset({(6, 22), (6, 443), (17, 53)}))


def route(destination: str, target: str, state: str = "active") -> net.Route:
    """A route in short; *destination* is a CIDR block or the id of a prefix list."""
    kind, of = KINDS[target.partition("-")[0]], net.RouteState(state)
    if destination.startswith("pl-"):
        return net.Route(None, kind, target, of, prefix_list_id=destination)
    return net.Route(ip_network(destination), kind, target, of)


def transit_route(destination: str, attachment: str, state: str = "active", **more: Any) -> Any:
    """A route of the transit gateway in short."""
    of = net.RouteState(state)
    return out.TransitRoute(ip_network(destination), attachment, of, **more)


def _vpc(letter: str) -> net.Vpc:
    cidrs = (f"10.{OCTETS[letter]}.0.0/16", f"2001:db8:{letter}::/56")
    return net.Vpc(f"vpc-{letter}", tuple(map(ip_network, cidrs)), f"vpc {letter}")


def _subnet(name: str, zone: str = "z1") -> net.Subnet:
    letter, number = name
    cidrs = (f"10.{OCTETS[letter]}.{number}.0/24", f"2001:db8:{letter}:{number}::/64")
    return net.Subnet(f"subnet-{name}", f"vpc-{letter}", tuple(map(ip_network, cidrs)), zone=zone)


def _interface(name: str, subnet: str, place: int, **more: Any) -> net.Interface:
    letter, number = subnet
    addresses = (
        f"10.{OCTETS[letter]}.{number}.{place}",
        f"2001:db8:{letter}:{number}::{place}",
    )
    known = {"instance_id": f"i-{name}", "host": OPEN, "group_ids": (f"sg-{letter}",)} | more
    return net.Interface(
        f"eni-{name}",
        f"subnet-{subnet}",
        f"vpc-{letter}",
        tuple(map(ip_address, addresses)),
        name=name,
        **known,
    )


def _service(name: str, subnet: str, place: int, kind: str, **more: Any) -> net.Interface:
    return _interface(
        name,
        subnet,
        place,
        instance_id=None,
        group_ids=(),
        host=net.Host(state=net.HostState.ABSENT),
        requester_managed=True,
        interface_type=kind,
        **more,
    )


def _table(name: str, subnets: str, *routes: net.Route) -> net.RouteTable:
    letter = name[0]
    local = tuple(net.Route(cidr, KINDS["local"], "local") for cidr in _vpc(letter).cidrs)
    users = frozenset(f"subnet-{each}" for each in subnets.split())
    return net.RouteTable(f"rtb-{name}", f"vpc-{letter}", (*local, *routes), users)


def _acl(name: str) -> net.NetworkAcl:
    entries = tuple(
        net.NetworkAclEntry(100 + number, egress, True, cidr)
        for egress in (False, True)
        for number, cidr in enumerate(EVERYWHERE)
    )
    return net.NetworkAcl(f"acl-{name}", f"vpc-{name[0]}", entries, frozenset({f"subnet-{name}"}))


def _group(letter: str) -> net.SecurityGroup:
    everything = tuple(net.SecurityGroupRule(None, cidr=cidr) for cidr in EVERYWHERE)
    return net.SecurityGroup(
        f"sg-{letter}", f"vpc-{letter}", f"group {letter}", everything, everything
    )


def _outside(address: str, name: str, service: str = "") -> out.OutsideHost:
    return out.OutsideHost(ip_address(address), name, OPEN, service)


def _by(values: Any, key: str) -> dict[Any, Any]:
    return {getattr(value, key): value for value in values}


SUBNETS: Final = ("a1", "a2", "a3", "b1", "b2", "c1")

NETWORK: Final = net.Topology(
    vpcs=_by(map(_vpc, "abc"), "vpc_id"),
    subnets=_by((_subnet(name, "z2" if name == "a3" else "z1") for name in SUBNETS), "subnet_id"),
    interfaces=_by(
        (
            _interface("public-a", "a1", 10, public_address=ip_address("54.0.0.10")),
            _interface("private-a", "a2", 10),
            _interface("odd-a", "a2", 11, public_address=ip_address("54.0.0.11")),
            _interface("zone-2-a", "a3", 10),
            _interface("app-b", "b1", 10),
            _interface("app-c", "c1", 10),
            _service("nat", "a1", 200, "nat_gateway", public_address=ip_address("54.0.0.200")),
            _service("tgw-a", "a2", 201, "transit_gateway"),
            _service("tgw-b", "b2", 201, "transit_gateway"),
        ),
        "interface_id",
    ),
    route_tables=_by(
        (
            _table("a1", "a1", route("0.0.0.0/0", "igw-a"), route("::/0", "igw-a")),
            _table(
                "a2",
                "a2 a3",
                route("0.0.0.0/0", "nat-a"),
                route("::/0", "eigw-a"),
                route("10.0.0.0/8", "tgw-1"),
                route("pl-s3", "vpce-a"),
            ),
            _table("b1", "b1 b2", route("10.1.0.0/16", "tgw-1"), route("10.3.0.0/16", "pcx-bc")),
            _table("c1", "c1", route("10.0.0.0/8", "pcx-bc")),
        ),
        "route_table_id",
    ),
    security_groups=_by(map(_group, "abc"), "group_id"),
    network_acls=_by(map(_acl, SUBNETS), "network_acl_id"),
    peerings={"pcx-bc": net.Peering("pcx-bc", "vpc-b", "vpc-c", "active")},
    prefix_lists={"pl-s3": (ip_network("52.216.0.0/15"),)},
    prefix_list_names={"pl-s3": "com.amazonaws.us-east-1.s3"},
    internet_gateways={"igw-a": "vpc-a"},
    nat_gateways={"nat-a": out.NatGateway("nat-a", "vpc-a", "subnet-a1", "eni-nat", name="nat")},
    egress_only_gateways={"eigw-a": out.EgressOnlyGateway("eigw-a", "vpc-a")},
    gateway_endpoints={
        "vpce-a": out.GatewayEndpoint("vpce-a", "vpc-a", "com.amazonaws.us-east-1.s3")
    },
    transit_gateways={"tgw-1": out.TransitGateway("tgw-1")},
    transit_attachments=_by(
        (
            out.TransitAttachment(
                "att-a", "tgw-1", "vpc-a", ("subnet-a2",), (("subnet-a2", "eni-tgw-a"),)
            ),
            out.TransitAttachment(
                "att-b", "tgw-1", "vpc-b", ("subnet-b2",), (("subnet-b2", "eni-tgw-b"),)
            ),
        ),
        "attachment_id",
    ),
    transit_route_tables={
        "tgw-rtb-1": out.TransitRouteTable(
            "tgw-rtb-1",
            "tgw-1",
            (
                transit_route("10.1.0.0/16", "att-a", propagated=True),
                transit_route("10.2.0.0/16", "att-b", propagated=True),
            ),
            frozenset({"att-a", "att-b"}),
        )
    },
    outside=_by(
        (
            _outside("198.51.100.1", "example"),
            _outside("2600::1", "example-6"),
            _outside("52.216.0.1", "s3", "S3"),
        ),
        "address",
    ),
)


# Cases of tests/cases/walks/gateways.yml: the network as each wants it, and the walk it tells of.


CASES: Final = yaml.safe_load((Path(__file__).parents[1] / "walks" / "gateways.yml").read_text())


def changed(case: dict[str, Any]) -> Any:
    """The network with what the case changes in it."""
    topology, change = NETWORK, case.get("change", {})
    for table_id, routes in change.get("routes", {}).items():
        table = topology.route_tables[table_id]
        local = tuple(each for each in table.routes if each.target == "local")
        table = replace(table, routes=(*local, *(route(*each) for each in routes)))
        topology = replace(topology, route_tables={**topology.route_tables, table_id: table})
    for acl_id, denied in change.get("deny", {}).items():
        acl = topology.network_acls[acl_id]
        entries = tuple(
            net.NetworkAclEntry(1 + number, way == "out", False, ip_network(cidr))
            for number, (way, cidr) in enumerate(denied)
        )
        acl = replace(acl, entries=(*entries, *acl.entries))
        topology = replace(topology, network_acls={**topology.network_acls, acl_id: acl})
    for kind, items in change.get("set", {}).items():
        values = dict(getattr(topology, kind))
        for key, fields in items.items():
            values[key] = replace(values[key], **fields)
        topology = replace(topology, **{kind: values})
    for kind in change.get("without", []):
        topology = replace(topology, **{kind: {}})
    if "transit_routes" in change:
        table = topology.transit_route_tables["tgw-rtb-1"]
        routes = tuple(transit_route(*each) for each in change["transit_routes"])
        table = replace(table, routes=routes)
        topology = replace(topology, transit_route_tables={"tgw-rtb-1": table})
    return topology


def walked(case: dict[str, Any], **options: Any) -> Any:
    topology = changed(case)
    target = ip_address(case["to"])
    by = _sender(topology, case["from"])
    own = [by.address] if isinstance(by, out.OutsideHost) else by.addresses
    source = next(each for each in own if each.version == target.version)
    return walk(topology, _packet(case.get("probe", "ping"), source, target), by, **options)


def sender(case: dict[str, Any]) -> net.Interface | out.OutsideHost:
    """Who sends the probe of a case, in the network as the case changes it."""
    return _sender(changed(case), case["from"])


def _sender(topology: Any, text: str) -> Any:
    try:
        return out.OutsideHost(ip_address(text), "scanner")
    except ValueError:
        return topology.find_interface(text)


def _packet(probe: str, source: Any, target: Any) -> Packet:
    kind, _, port = probe.partition(" ")
    if kind == "ping":
        return echo_request(source, target)
    if kind == "protocol":
        return Packet(source, target, int(port))
    flags = SYN if kind == "tcp" else 0
    protocol = Protocol.TCP if kind == "tcp" else Protocol.UDP
    return Packet(source, target, protocol, 40000, int(port), tcp_flags=flags, size_bytes=60)
