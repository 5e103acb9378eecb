"""
A network as AWS describes it, as a scenario: the way from a cloud to the kernel.

Ids become short names, because scenarios' names also name Linux devices.
"""

from __future__ import annotations

from ipaddress import ip_address
from string import ascii_lowercase
from typing import TYPE_CHECKING, Any

from linux_kernel import scenario as sc

from labkit.network.packet import Protocol
from labkit.network.topology import HostState, TargetKind

if TYPE_CHECKING:
    from collections.abc import Iterator

    from labkit.network.packet import Address
    from labkit.network.topology import (
        Host,
        Interface,
        NetworkAcl,
        NetworkAclEntry,
        Route,
        RouteTable,
        SecurityGroup,
        SecurityGroupRule,
        Topology,
    )
    from labkit.network.ways_out import NatGateway, OutsideHost

_STATES = {"active": "active", "pending-acceptance": "pending", "deleted": "deleted"}
_PROTOCOLS = {None: "-1", 1: "icmp", 6: "tcp", 17: "udp", 58: "icmpv6"}
_LAST_ENTRY = 32767


class Described:
    """
    A topology in the words of a scenario.

    Args:
        topology: What a cloud's describe answers said.
        source: Name of the instance that asks.
        target: Name of the instance that is asked, or address of a host outside.
        port: TCP port to connect to; None pings.
    """

    def __init__(
        self, topology: Topology, source: str, target: str, port: int | None = None
    ) -> None:
        self._topology = topology
        self.source = topology.find_interface(source)
        self.asked = _address(topology, target)
        self._port = port
        self._names: dict[str, str] = {}
        for letter, vpc_id in zip(ascii_lowercase, sorted(topology.vpcs), strict=False):
            self._name_inside(letter, vpc_id)
        for number, peering_id in enumerate(sorted(topology.peerings)):
            self._names[peering_id] = f"pcx-{number}"

        for number, nat_id in enumerate(sorted(topology.nat_gateways)):
            self._names[nat_id] = f"nat{number}"

    def _name_inside(self, letter: str, vpc_id: str) -> None:
        """Names for a VPC and everything in it: a, a1 for a subnet, and so on."""
        topology = self._topology
        kinds: dict[str, dict[str, Any]] = {
            "": topology.subnets,
            "t": topology.route_tables,
            "g": topology.security_groups,
            "n": topology.network_acls,
            "i": topology.interfaces,
        }
        self._names[vpc_id] = letter
        for kind, resources in kinds.items():
            inside = sorted(each for each, of in resources.items() if of.vpc_id == vpc_id)
            for number, resource_id in enumerate(inside, start=1):
                self._names[resource_id] = f"{letter}{kind}{number}"

    @property
    def scenario(self) -> sc.Scenario:
        """The whole network, with the one probe."""
        topology = self._topology
        probe = sc.Probe(1, self.name(self.source), self.asked, self._port)
        return sc.Scenario(
            seed="described",
            vpcs=tuple(self._vpc(vpc_id) for vpc_id in topology.vpcs),
            subnets=tuple(self._subnet(subnet_id) for subnet_id in topology.subnets),
            instances=tuple(
                self._instance(each)
                for each in topology.interfaces.values()
                if not each.requester_managed
            ),
            tables=tuple(map(self._table, topology.route_tables.values())),
            groups=tuple(map(self._group, topology.security_groups.values())),
            acls=tuple(map(self._acl, topology.network_acls.values())),
            peerings=tuple(self._peering(peering_id) for peering_id in topology.peerings),
            nats=tuple(map(self._nat, topology.nat_gateways.values())),
            outsiders=tuple(
                _outsider(host)
                for address, host in topology.outside.items()
                if address == self.asked
            ),
            probes=(probe,),
        )

    def name(self, interface: Interface) -> str:
        """What an interface goes by in the scenario."""
        return self._names[interface.interface_id]

    def named(self, name: str) -> str:
        """What an instance or a NAT gateway of that Name tag goes by in the scenario."""
        nats = self._topology.nat_gateways.values()
        found = [each.nat_gateway_id for each in nats if each.name == name and each.is_available]
        return self._names[found[0]] if found else self.name(self._topology.find_interface(name))

    def _vpc(self, vpc_id: str) -> sc.Vpc:
        attached = vpc_id in self._topology.internet_gateways.values()
        cidrs = self._topology.vpcs[vpc_id].cidrs
        return sc.Vpc(self._names[vpc_id], cidrs, "attached" if attached else "none")

    def _subnet(self, subnet_id: str) -> sc.Subnet:
        subnet = self._topology.subnets[subnet_id]
        table = self._topology.route_table_of(subnet_id)
        own = self._names[table.route_table_id] if subnet_id in table.subnet_ids else None
        acl = self._names[self._topology.network_acl_of(subnet_id).network_acl_id]
        return sc.Subnet(self._names[subnet_id], self._names[subnet.vpc_id], subnet.cidrs, own, acl)

    def _instance(self, interface: Interface) -> sc.Instance:
        return sc.Instance(
            self.name(interface),
            self._names[interface.subnet_id],
            interface.addresses,
            tuple(self._names[group_id] for group_id in interface.group_ids),
            _host(interface.host),
            interface.public_address,
        )

    def _nat(self, nat: NatGateway) -> sc.Nat:
        name, subnet = self._names[nat.nat_gateway_id], self._names[nat.subnet_id]
        interface = self._topology.interfaces.get(nat.interface_id)
        if interface is None:
            nobody = self._topology.subnet(nat.subnet_id).cidrs[0].network_address
            return sc.Nat(name, subnet, nobody, deleted=True)
        return sc.Nat(name, subnet, interface.addresses[0], interface.public_address)

    def _table(self, table: RouteTable) -> sc.RouteTable:
        routes = tuple(
            self._route(route) for route in table.routes if route.target is not TargetKind.LOCAL
        )
        names = self._names
        return sc.RouteTable(
            names[table.route_table_id], names[table.vpc_id], routes, main=table.main
        )

    def _route(self, route: Route) -> sc.Route:
        assert route.destination is not None
        if route.target is TargetKind.INTERNET_GATEWAY:
            return sc.Route(route.destination, sc.INTERNET)
        return sc.Route(route.destination, self._names[route.target_id])

    def _group(self, group: SecurityGroup) -> sc.Group:
        ingress, egress = (tuple(map(self._rule, rules)) for rules in (group.ingress, group.egress))
        return sc.Group(self._names[group.group_id], self._names[group.vpc_id], ingress, egress)

    def _rule(self, rule: SecurityGroupRule) -> sc.GroupRule:
        peer = rule.cidr or self._names[rule.group_id or ""]
        return sc.GroupRule(_PROTOCOLS[rule.protocol], peer, rule.from_port, rule.to_port)

    def _acl(self, acl: NetworkAcl) -> sc.Acl:
        entries = tuple(map(_entry, _numbered(acl)))
        return sc.Acl(self._names[acl.network_acl_id], self._names[acl.vpc_id], entries)

    def _peering(self, peering_id: str) -> sc.Peering:
        found = self._topology.peerings[peering_id]
        ends = (self._names[found.requester_vpc_id], self._names[found.accepter_vpc_id])
        return sc.Peering(self._names[peering_id], *ends, _STATES[found.status])


def _address(topology: Topology, target: str) -> Address:
    try:
        return ip_address(target)
    except ValueError:
        return topology.find_interface(target).addresses[0]


def _outsider(host: OutsideHost) -> sc.Outsider:
    ports = sorted(port for protocol, port in host.host.listening if protocol == Protocol.TCP)
    return sc.Outsider("asked", (host.address,), ports[0] if ports else None)


def _host(host: Host) -> str:
    if host.state is not HostState.RUNNING:
        return "stopped"
    return "answers" if host.answers_echo else "ignores pings"


def _numbered(acl: NetworkAcl) -> Iterator[NetworkAclEntry]:
    return (entry for entry in acl.entries if entry.number < _LAST_ENTRY)


def _entry(entry: NetworkAclEntry) -> sc.AclEntry:
    return sc.AclEntry(
        entry.number,
        entry.egress,
        entry.allow,
        entry.cidr,
        "-1" if entry.protocol is None else str(entry.protocol),
        entry.icmp_type,
        entry.icmp_code,
        entry.ports or (0, 65535),
    )
