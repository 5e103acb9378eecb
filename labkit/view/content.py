"""
What a drawing says and where it belongs, before anything has a place on the page.

Reads a Topology, and a Walk if there is one, into rows of text: VPCs with
their subnets, interfaces and tables, the ways out of VPCs, and which hop of
the walk was decided by which row.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Final

from labkit.errors import TopologyError
from labkit.flowlog.metadata import service_type
from labkit.network.explain import entry_text, rule_text
from labkit.network.names import short
from labkit.network.topology import RouteState, TargetKind
from labkit.network.walk import Leg, Station
from labkit.view.exits import Exit, exits
from labkit.view.theme import Tone

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence

    from labkit.network.topology import (
        Interface,
        Network,
        NetworkAcl,
        NetworkAclEntry,
        Route,
        RouteTable,
        SecurityGroup,
        SecurityGroupRule,
        Subnet,
        Topology,
        Vpc,
    )
    from labkit.network.walk import Hop, Walk

MAX_ROWS: Final = 8
_GATEWAY_KINDS: Final = {
    "nat_gateway": TargetKind.NAT_GATEWAY.value,
    "transit_gateway": TargetKind.TRANSIT_GATEWAY.value,
}


@dataclass(frozen=True, slots=True)
class Step:
    """A hop with its place in the order of events, counted from 1."""

    number: int
    hop: Hop

    @property
    def replies(self) -> bool:
        return self.hop.leg is Leg.REPLY


@dataclass(frozen=True, slots=True)
class Row:
    """One line of a table: two cells, a tone, and the steps that it decided."""

    first: str
    second: str = ""
    tone: Tone | None = None
    steps: tuple[Step, ...] = ()


@dataclass(frozen=True, slots=True)
class Table:
    """A route table, as rows of destination and target."""

    title: str
    rows: tuple[Row, ...]

    @property
    def line_count(self) -> int:
        return len(self.rows)


@dataclass(frozen=True, slots=True)
class AclTable:
    """A network ACL, as its two lists of entries."""

    title: str
    inbound: tuple[Row, ...] = ()
    outbound: tuple[Row, ...] = ()

    @property
    def line_count(self) -> int:
        """Both lists stand side by side, each under its own heading."""
        return 1 + max(len(self.inbound), len(self.outbound))


@dataclass(frozen=True, slots=True)
class SubnetContent:
    subnet: Subnet
    interfaces: tuple[Interface, ...]
    routes: Table
    acl: AclTable


@dataclass(frozen=True, slots=True)
class VpcContent:
    vpc: Vpc
    subnets: tuple[SubnetContent, ...]
    spare_tables: tuple[Table, ...]


@dataclass(frozen=True, slots=True)
class Content:
    vpcs: tuple[VpcContent, ...] = ()
    exits: tuple[Exit, ...] = ()
    steps: tuple[Step, ...] = field(default=())


def content(topology: Topology, walk: Walk | None = None) -> Content:
    """Everything the drawing shows, sorted by name and then by id."""
    hops = walk.hops if walk else ()
    steps = tuple(Step(number, hop) for number, hop in enumerate(hops, start=1))
    vpcs = sorted(topology.vpcs.values(), key=lambda vpc: (vpc.name or "~", vpc.vpc_id))
    return Content(
        tuple(_vpc(topology, vpc, steps, walk) for vpc in vpcs), exits(topology, walk), steps
    )


def interface_name(interface: Interface) -> str:
    return interface.name or interface.instance_id or interface.interface_id


def gateway_kind(interface: Interface) -> str:
    """The gateway that an interface belongs to, in words; empty for a host's own."""
    return _GATEWAY_KINDS.get(service_type(interface) or "", "")


def cidr_text(cidrs: Iterable[Network]) -> str:
    return ", ".join(map(str, cidrs))


def _vpc(topology: Topology, vpc: Vpc, steps: Sequence[Step], walk: Walk | None) -> VpcContent:
    subnets = sorted(
        (each for each in topology.subnets.values() if each.vpc_id == vpc.vpc_id),
        key=lambda each: (each.name or "~", each.subnet_id),
    )
    used = {table.route_table_id for each in subnets if (table := route_table_of(topology, each))}
    spare = sorted(
        (
            table
            for table in topology.route_tables.values()
            if table.vpc_id == vpc.vpc_id and table.route_table_id not in used
        ),
        key=lambda table: (table.name or "~", table.route_table_id),
    )
    return VpcContent(
        vpc,
        tuple(_subnet(topology, each, steps, walk) for each in subnets),
        tuple(_spare_table(topology, table) for table in spare),
    )


def _spare_table(topology: Topology, table: RouteTable) -> Table:
    title = f"{_table_title(topology, table)}: no subnet uses it"
    return Table(title, _route_rows(topology, table, (), None))


def _subnet(
    topology: Topology, subnet: Subnet, steps: Sequence[Step], walk: Walk | None
) -> SubnetContent:
    interfaces = sorted(
        (each for each in topology.interfaces.values() if each.subnet_id == subnet.subnet_id),
        key=lambda each: (each.name or "~", str(each.addresses[:1]), each.interface_id),
    )
    here = [step for step in steps if step.hop.subnet_id == subnet.subnet_id]
    routing = [step for step in here if step.hop.station is Station.ROUTE_TABLE]
    filtering = [step for step in here if step.hop.station is Station.NETWORK_ACL]
    table, acl = route_table_of(topology, subnet), network_acl_of(topology, subnet)
    return SubnetContent(
        subnet,
        tuple(interfaces),
        Table(_table_title(topology, table), _route_rows(topology, table, routing, walk))
        if table
        else Table("route table: none in this snapshot", ()),
        _acl_table(topology, acl, filtering),
    )


def route_table_of(topology: Topology, subnet: Subnet) -> RouteTable | None:
    """The table in force, or None while the network is only half there."""
    try:
        return topology.route_table_of(subnet.subnet_id)
    except TopologyError:
        return None


def network_acl_of(topology: Topology, subnet: Subnet) -> NetworkAcl | None:
    try:
        return topology.network_acl_of(subnet.subnet_id)
    except TopologyError:
        return None


def _table_title(topology: Topology, table: RouteTable) -> str:
    main = " (main)" if table.main else ""
    return f"route table {short(topology, table.route_table_id)}{main}"


def _route_rows(
    topology: Topology, table: RouteTable, steps: Sequence[Step], walk: Walk | None
) -> tuple[Row, ...]:
    rows = [
        Row(
            str(route.destination or route.prefix_list_id or "unknown destination"),
            route_target(topology, route),
            Tone.BAD if route.state is RouteState.BLACKHOLE else None,
            tuple(step for step in steps if step.hop.rule == route),
        )
        for route in sorted(table.routes, key=_route_order)
    ]
    lost = tuple(step for step in steps if step.hop.rule is None)
    if lost and walk is not None:
        packet = walk.reply if lost[-1].replies and walk.reply else walk.packet
        rows.append(Row(str(packet.destination), "✗ no route matches", Tone.BAD, lost))
    return _limited(rows)


def _route_order(route: Route) -> tuple[bool, int, str]:
    destination = route.destination
    version = destination.version if destination else 9
    return route.target is not TargetKind.LOCAL, version, str(destination)


def route_target(topology: Topology, route: Route) -> str:
    """What a route points at, by name, and whether it swallows what it gets."""
    local = route.target is TargetKind.LOCAL
    target = "local" if local else short(topology, route.target_id)
    return f"✗ blackhole: {target}" if route.state is RouteState.BLACKHOLE else target


def _limited(rows: Sequence[Row]) -> tuple[Row, ...]:
    """At most MAX_ROWS rows; those that decided something always stay."""
    if len(rows) <= MAX_ROWS:
        return tuple(rows)
    room = MAX_ROWS - 1 - sum(bool(row.steps) for row in rows)
    quiet = [index for index, row in enumerate(rows) if not row.steps]
    kept = set(quiet[: max(room, 0)])
    shown = [row for index, row in enumerate(rows) if row.steps or index in kept]
    return (*shown, Row(f"and {len(rows) - len(shown)} more"))


def _acl_table(topology: Topology, acl: NetworkAcl | None, steps: Sequence[Step]) -> AclTable:
    if acl is None:
        return AclTable("network ACL: none in this snapshot")
    title = f"network ACL {short(topology, acl.network_acl_id)}{' (default)' * acl.default}"
    return AclTable(title, _entries(acl, steps, egress=False), _entries(acl, steps, egress=True))


def _entries(acl: NetworkAcl, steps: Sequence[Step], *, egress: bool) -> tuple[Row, ...]:
    entries = sorted(
        (entry for entry in acl.entries if entry.egress is egress),
        key=lambda entry: (entry.number, entry.cidr.version, str(entry.cidr)),
    )
    return _limited([_entry_row(entry, steps) for entry in entries])


def _entry_row(entry: NetworkAclEntry, steps: Sequence[Step]) -> Row:
    text = entry_text(entry).removeprefix("rule ").replace("[", "").removesuffix("]")
    text = text.replace(" all traffic,", " all,")
    deciding = tuple(step for step in steps if step.hop.rule == entry)
    return Row(text, tone=None if entry.allow else Tone.BAD, steps=deciding)


def group_lines(topology: Topology, interface: Interface) -> tuple[str, str, str]:
    """
    The security groups of an interface: names, what may come in, what may go out.

    A gateway's has none, and says by what address it is known outside instead.
    """
    if gateway_kind(interface):
        public = interface.public_address
        return (
            "none here",
            f"public address {public}" if public else "no public address",
            "passes packets of others on",
        )
    groups = [
        topology.security_groups[group_id]
        for group_id in interface.group_ids
        if group_id in topology.security_groups
    ]
    if not groups:
        return "no security group", "in: nothing", "out: nothing"
    names = ", ".join(group.name or group.group_id for group in groups)
    inbound = [rule for group in groups for rule in group.ingress]
    outbound = [rule for group in groups for rule in group.egress]
    return names, f"in: {_rules(topology, inbound)}", f"out: {_rules(topology, outbound)}"


def _rules(topology: Topology, rules: Iterable[SecurityGroupRule]) -> str:
    """Rules in short, those for ICMP first."""
    ordered = sorted(rules, key=lambda rule: (rule.protocol not in (1, 58), rule.protocol is None))
    return "; ".join(dict.fromkeys(_rule(topology, rule) for rule in ordered)) or "nothing"


def _rule(topology: Topology, rule: SecurityGroupRule) -> str:
    text = rule_text(rule)[1:-1]
    group: SecurityGroup | None = topology.security_groups.get(rule.group_id or "")
    return text.replace(group.group_id, group.name) if group and group.name else text
