"""A scenario as the network model sees it, without any cloud around it."""

from __future__ import annotations

from typing import TYPE_CHECKING

from linux_kernel.gateways import exit_name
from linux_kernel.outcome import Outcome, Sighting, real_addresses
from linux_kernel.scenario import (
    DEFAULT_GROUP,
    ECHOING,
    EGRESS_ONLY,
    INTERNET,
    LISTENING,
    TRANSIT,
    Nat,
)

from labkit.flowlog.aggregate import SeenPacket, aggregate
from labkit.network import topology as net
from labkit.network.packet import SYN, Packet, Protocol, echo_request
from labkit.network.walk import Fate, Hop, Station, Verdict, Walk, walk
from labkit.network.ways_out import (
    EgressOnlyGateway,
    NatGateway,
    OutsideHost,
    TransitAttachment,
    TransitGateway,
    TransitRoute,
    TransitRouteTable,
)

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from linux_kernel.outcome import Answer
    from linux_kernel.scenario import (
        Address,
        Attachment,
        Group,
        GroupRule,
        Instance,
        Middlebox,
        Network,
        Outsider,
        Probe,
        Route,
        RouteTable,
        Scenario,
        TransitTable,
    )

    from labkit.flowlog.records import FlowRecord

_PEERING_STATUS = {
    "active": "active",
    "pending": "pending-acceptance",
    "deleted": "deleted",
    "rejected": "rejected",
}
_ANSWERS: dict[Fate, Answer] = {
    Fate.ANSWERED: "answered",
    Fate.CONNECTION_REFUSED: "refused",
}
_STATES = {True: net.RouteState.ACTIVE, False: net.RouteState.BLACKHOLE}
_EXITS = {Station.INTERNET_GATEWAY: INTERNET, Station.EGRESS_ONLY_GATEWAY: EGRESS_ONLY}
_PROTOCOLS = {"-1": None, "icmp": 1, "icmpv6": 58, "tcp": 6, "udp": 17}
_INSTANCE_HOST = net.Host(listening=frozenset({(6, LISTENING), (17, ECHOING)}))


def run(scenario: Scenario) -> dict[int, Outcome]:
    """What the model makes of every probe of the scenario, by the probe's number."""
    topology = _topology(scenario)
    return {
        probe.number: _outcome(topology, probe, _walked(topology, probe))
        for probe in scenario.probes
    }


def fates(scenario: Scenario) -> set[Fate]:
    """How the probes of the scenario end, in the model's own words."""
    topology = _topology(scenario)
    return {_walked(topology, probe).fate for probe in scenario.probes}


def _walked(topology: net.Topology, probe: Probe) -> Walk:
    sender, addresses = _sender(topology, probe)
    source = next(each for each in addresses if each.version == probe.destination.version)
    return walk(topology, _packet(probe, source), sender)


def _outcome(topology: net.Topology, probe: Probe, walked: Walk) -> Outcome:
    seen = [SeenPacket(0.0, sighting) for sighting in walked.sightings]
    rows = [_row(probe, record) for each in seen for record in aggregate([each], topology)]
    crossings = [
        _crossing(probe, hop)
        for hop in walked.hops
        if hop.station in _EXITS and hop.verdict is Verdict.FORWARD
    ]
    answer = _ANSWERS.get(walked.fate, "no answer")
    if probe.port is None:
        return Outcome(answer, tuple(sorted(rows)), tuple(sorted(crossings)))
    return Outcome(answer, tuple(sorted(set(rows))), tuple(sorted(set(crossings))))


def _crossing(probe: Probe, hop: Hop) -> Sighting:
    assert hop.packet is not None
    ends = (str(hop.packet.source), str(hop.packet.destination))
    name = exit_name(str(hop.vpc_id), _EXITS[hop.station])
    counts = (probe.count, probe.count * hop.packet.size_bytes) if probe.port is None else (0, 0)
    return Sighting(name, str(hop.direction), *ends, "ACCEPT", *counts)


def _sender(
    topology: net.Topology, probe: Probe
) -> tuple[net.Interface | OutsideHost, Sequence[Address]]:
    interface = topology.interfaces.get(probe.source)
    if interface is not None:
        return interface, interface.addresses
    hosts = [host for host in topology.outside.values() if host.name == probe.source]
    own = next(host for host in hosts if host.address.version == probe.destination.version)
    return own, [own.address]


def _row(probe: Probe, record: FlowRecord) -> Sighting:
    return Sighting(
        str(record.interface_id),
        str(record.flow_direction),
        str(record.srcaddr),
        str(record.dstaddr),
        str(record.action),
        *((probe.count, probe.count * int(record.bytes or 0)) if probe.port is None else (0, 0)),
        *real_addresses(record.srcaddr, record.dstaddr, record.pkt_srcaddr, record.pkt_dstaddr),
    )


def _packet(probe: Probe, source: Address) -> Packet:
    if probe.port is None:
        return echo_request(source, probe.destination, data_bytes=probe.data_bytes)
    return Packet(
        source,
        probe.destination,
        Protocol.UDP if probe.udp else Protocol.TCP,
        source_port=probe.client_port,
        destination_port=probe.port,
        tcp_flags=0 if probe.udp else SYN,
    )


def _topology(scenario: Scenario) -> net.Topology:
    interfaces = [_interface(scenario, instance) for instance in scenario.instances]
    interfaces += [_box_interface(scenario, box) for box in scenario.middleboxes()]
    tables = [_route_table(scenario, table) for table in scenario.tables]
    acls = list(_acls(scenario))
    return net.Topology(
        vpcs={vpc.name: net.Vpc(vpc.name, vpc.cidrs) for vpc in scenario.vpcs},
        subnets={
            subnet.name: net.Subnet(subnet.name, subnet.vpc, subnet.cidrs, zone=subnet.zone)
            for subnet in scenario.subnets
        },
        interfaces={interface.interface_id: interface for interface in interfaces},
        route_tables={table.route_table_id: table for table in tables},
        security_groups={group.name: _group(group) for group in scenario.groups},
        network_acls={acl.network_acl_id: acl for acl in acls},
        peerings={
            peering.name: net.Peering(
                peering.name, peering.requester, peering.accepter, _PEERING_STATUS[peering.state]
            )
            for peering in scenario.peerings
        },
        internet_gateways={
            f"{INTERNET} {vpc.name}": vpc.name for vpc in scenario.vpcs if vpc.gateway == "attached"
        },
        egress_only_gateways={
            (name := f"{EGRESS_ONLY} {vpc.name}"): EgressOnlyGateway(name, vpc.name)
            for vpc in scenario.vpcs
            if vpc.egress_only == "attached"
        },
        nat_gateways={nat.name: _nat(scenario, nat) for nat in scenario.nats},
        transit_gateways={TRANSIT: TransitGateway(TRANSIT)} if scenario.attachments else {},
        transit_attachments={
            door.name: _attachment(scenario, door) for door in scenario.attachments
        },
        transit_route_tables={
            table.name: _transit_table(table) for table in scenario.transit_tables
        },
        outside={
            address: OutsideHost(address, each.name, _outside_host(each))
            for each in scenario.outsiders
            for address in each.addresses
        },
    )


def _interface(scenario: Scenario, instance: Instance) -> net.Interface:
    return net.Interface(
        instance.name,
        instance.subnet,
        scenario.vpc_of(instance),
        instance.addresses,
        instance.groups,
        instance_id=instance.name,
        public_address=instance.public,
        host=_INSTANCE_HOST,
    )


def _box_interface(scenario: Scenario, box: Middlebox) -> net.Interface:
    return net.Interface(
        box.name,
        box.subnet,
        scenario.vpc_of(box),
        (box.address,),
        (),
        public_address=box.public if isinstance(box, Nat) else None,
        source_dest_check=False,
        requester_managed=True,
        interface_type="nat_gateway" if isinstance(box, Nat) else "transit_gateway",
    )


def _attachment(scenario: Scenario, door: Attachment) -> TransitAttachment:
    ends = (door.name, TRANSIT, scenario.vpc_of(door))
    return TransitAttachment(*ends, (door.subnet,), ((door.subnet, door.name),))


def _transit_table(table: TransitTable) -> TransitRouteTable:
    routes = tuple(
        TransitRoute(destination, door or "", _STATES[door is not None])
        for destination, door in table.routes
    )
    return TransitRouteTable(table.name, TRANSIT, routes, frozenset(table.attachments))


def _nat(scenario: Scenario, nat: Nat) -> NatGateway:
    return NatGateway(
        nat.name,
        scenario.vpc_of(nat),
        nat.subnet,
        "" if nat.deleted else nat.name,
        "deleted" if nat.deleted else "available",
        nat.public is not None,
    )


def _outside_host(outsider: Outsider) -> net.Host:
    listening = frozenset({(6, outsider.listening)} if outsider.listening else ())
    protocols = (1, 6, 17, 58) if outsider.host == "silent" else ()
    return net.Host(listening=listening, drops=frozenset((each, None) for each in protocols))


def _route_table(scenario: Scenario, table: RouteTable) -> net.RouteTable:
    local = (
        net.Route(cidr, net.TargetKind.LOCAL, "local") for cidr in scenario.vpc(table.vpc).cidrs
    )
    users = {subnet.name for subnet in scenario.subnets if subnet.table == table.name}
    routes = (*local, *(_route(scenario, table.vpc, route) for route in table.routes))
    return net.RouteTable(table.name, table.vpc, routes, frozenset(users), main=table.main)


def _route(scenario: Scenario, vpc: str, route: Route) -> net.Route:
    kind, works, target_id = _target(scenario, vpc, route.target)
    return net.Route(route.destination, kind, target_id, _STATES[works])


def _target(scenario: Scenario, vpc: str, target: str) -> tuple[net.TargetKind, bool, str]:
    """The kind of what a route names, whether it is there, and its id."""
    kinds = net.TargetKind
    found = scenario.vpc(vpc)
    if target == INTERNET:
        return kinds.INTERNET_GATEWAY, found.gateway == "attached", f"{target} {vpc}"
    if target == EGRESS_ONLY:
        return kinds.EGRESS_ONLY_GATEWAY, found.egress_only == "attached", f"{target} {vpc}"
    if target == TRANSIT:
        return kinds.TRANSIT_GATEWAY, scenario.attachment_of(vpc) is not None, target
    if any(nat.name == target for nat in scenario.nats):
        return kinds.NAT_GATEWAY, not scenario.nat(target).deleted, target
    return kinds.PEERING, scenario.peering(target).state == "active", target


def _group(group: Group) -> net.SecurityGroup:
    return net.SecurityGroup(
        group.name,
        group.vpc,
        DEFAULT_GROUP if group.is_default else group.name,
        tuple(map(_group_rule, group.ingress)),
        tuple(map(_group_rule, group.egress)),
    )


def _group_rule(rule: GroupRule) -> net.SecurityGroupRule:
    protocol = _PROTOCOLS[rule.protocol]
    if isinstance(rule.peer, str):
        return net.SecurityGroupRule(protocol, rule.first, rule.last, group_id=rule.peer)
    return net.SecurityGroupRule(protocol, rule.first, rule.last, cidr=rule.peer)


def _acls(scenario: Scenario) -> Iterator[net.NetworkAcl]:
    changed = {acl.vpc for acl in scenario.acls if acl.default}
    for vpc in scenario.vpcs:
        if vpc.name in changed:
            continue
        unassigned = {subnet.name for subnet in scenario.subnets_of(vpc.name) if subnet.acl is None}
        entries = tuple(
            net.NetworkAclEntry(100 + number, egress=egress, allow=True, cidr=_everywhere(cidr))
            for egress in (False, True)
            for number, cidr in enumerate(vpc.cidrs)
        )
        yield net.NetworkAcl(
            f"{vpc.name}-default", vpc.name, entries, frozenset(unassigned), default=True
        )
    for acl in scenario.acls:
        users = {subnet.name for subnet in scenario.subnets if scenario.acl_of(subnet) == acl}
        rules = tuple(
            net.NetworkAclEntry(
                entry.number,
                entry.egress,
                entry.allow,
                entry.cidr,
                None if entry.protocol == "-1" else int(entry.protocol),
                entry.ports if entry.protocol in ("6", "17") else None,
                entry.icmp_type,
                entry.icmp_code,
            )
            for entry in acl.entries
        )
        yield net.NetworkAcl(acl.name, acl.vpc, rules, frozenset(users))


def _everywhere(cidr: Network) -> Network:
    return cidr.supernet(new_prefix=0)
