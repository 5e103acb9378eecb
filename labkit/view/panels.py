"""Places in, SVG out: VPCs, subnets, interfaces, gates, tables and ways out."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from labkit.network.topology import HostState
from labkit.view import lettering, theme
from labkit.view.content import cidr_text, gateway_kind, group_lines, interface_name
from labkit.view.geometry import Box
from labkit.view.layout import (
    EXIT_HEAD,
    GATE_HEAD,
    LINE_HEIGHT,
    PAD,
    SUBNET_HEAD,
    VPC_HEAD,
)
from labkit.view.svg import group, polyline, rect, text
from labkit.view.tables import acl_table, route_table
from labkit.view.theme import Tone

if TYPE_CHECKING:
    from collections.abc import Iterator

    from labkit.network.topology import Interface, Topology
    from labkit.view.layout import (
        Callout,
        ExitPlace,
        HostPlace,
        Layout,
        SubnetPlace,
        VpcPlace,
    )
    from labkit.view.svg import Markup

_STATE_SYMBOLS: Final = {
    HostState.RUNNING: "●",
    HostState.STOPPED: "■",
    HostState.ABSENT: "○",
}
_GATEWAY: Final = "◆"
_LINK_SYMBOLS: Final = {Tone.GOOD: "●", Tone.QUIET: "◌", Tone.BAD: "✗", Tone.OPEN: "→"}


def panels(topology: Topology, layout: Layout) -> Iterator[Markup]:
    """Everything that stands still, back to front."""
    for vpc in layout.vpcs:
        yield from _vpc(topology, vpc)
    places = {vpc.content.vpc.vpc_id: vpc for vpc in layout.vpcs}
    for each in layout.exits:
        yield _exit(each)
    for each in layout.exits:
        yield from (_link(each, vpc_id, places[vpc_id]) for vpc_id in each.ports)


def _vpc(topology: Topology, place: VpcPlace) -> Iterator[Markup]:
    vpc = place.content.vpc
    x = (
        place.subnets[0].box.x
        if place.subnets
        else place.box.x + PAD * (4 if place.mirrored else 1)
    )
    yield group(
        [
            rect(place.box, "vpc", radius=10),
            text(x, place.box.y + 20, "VPC", class_="q", size=theme.SMALL_PX),
            text(x + 30, place.box.y + 20, vpc.name or vpc.vpc_id, size=14, bold=True, room=380),
            text(x, place.box.y + 37, cidr_text(vpc.cidrs), mono=True, room=410),
        ],
        hover=f"{vpc.name} {vpc.vpc_id} {cidr_text(vpc.cidrs)}".strip(),
    )
    if not place.subnets:
        note = "no subnets yet"
        yield text(x, place.box.y + VPC_HEAD + 22, note, class_="q i")
    for subnet in place.subnets:
        yield from _subnet(topology, subnet)
    for table, box in zip(place.content.spare_tables, place.spare_tables, strict=True):
        yield route_table(table, box, spare=True)


def _subnet(topology: Topology, place: SubnetPlace) -> Iterator[Markup]:
    subnet, box = place.content.subnet, place.box
    cidrs = cidr_text(subnet.cidrs)
    hover = f"subnet {subnet.name} {subnet.subnet_id} {cidrs} {subnet.zone}".strip()
    name = subnet.name or subnet.subnet_id
    yield group(
        [
            rect(box, "subnet", radius=8),
            text(box.x + PAD, box.y + 20, "subnet", class_="q", size=theme.SMALL_PX),
            text(box.x + PAD + 48, box.y + 20, name, size=theme.NAME_PX, bold=True, room=200),
            text(box.right - PAD, box.y + 20, cidrs, mono=True, room=140, anchor="end"),
        ],
        hover=hover,
    )
    yield from _gates(place)
    for host in place.hosts:
        yield _host(topology, host)
    yield route_table(place.content.routes, place.routes)
    yield acl_table(place.content.acl, place.acl)


def _gates(place: SubnetPlace) -> Iterator[Markup]:
    y = place.box.y + SUBNET_HEAD + GATE_HEAD - 6
    for box, label in ((place.acl_gate, "ACL"), (place.route_gate, "routes")):
        yield rect(box, "gate")
        yield text(box.centre[0], y, label, class_="q", size=theme.SMALL_PX, anchor="middle")
    if place.hosts:
        x = place.hosts[0].gate.centre[0]
        yield text(x, y, "SG", class_="q", size=theme.SMALL_PX, anchor="middle")
    else:
        y = place.acl_gate.centre[1] + 4
        yield text(_left_of_tables(place), y, "no instances yet", class_="q i")


def _left_of_tables(place: SubnetPlace) -> float:
    """Where free text starts: clear of the gates, whichever side they are on."""
    gates_left = place.acl_gate.x < place.box.centre[0]
    return place.acl_gate.right + PAD if gates_left else place.box.x + PAD


def _host(topology: Topology, place: HostPlace) -> Markup:
    interface, box = place.interface, place.box
    running = interface.host.state is HostState.RUNNING or bool(gateway_kind(interface))
    marks_left = place.mark_x < box.centre[0]
    x = box.x + (36 if marks_left else 10)
    room = box.width - 46
    right = x + room
    lines = group_lines(topology, interface)
    symbol = _GATEWAY if gateway_kind(interface) else _STATE_SYMBOLS[interface.host.state]
    name = f"{symbol} {interface_name(interface)}"
    address = ", ".join(map(str, interface.addresses)) or "no address"
    note = _host_note(interface)
    small = theme.SMALL_PX
    return group(
        [
            rect(box, "host" if running else "host off"),
            rect(place.gate, "gate"),
            text(x, box.y + 18, name, size=theme.NAME_PX, bold=True, room=room),
            text(x, box.y + 35, address, mono=True, room=room - 12 - lettering.width(note, small)),
            text(right, box.y + 35, note, class_="q", size=small, anchor="end"),
            text(x, box.y + 52, f"SG {lines[0]}", size=small, room=room),
            text(x, box.y + 68, lines[1], size=small, room=room),
            text(x, box.y + 83, lines[2], size=small, room=room),
        ],
        hover="\n".join([name, interface.interface_id, address, f"SG {lines[0]}", *lines[1:]]),
    )


def _host_note(interface: Interface) -> str:
    host, kind = interface.host, gateway_kind(interface)
    if kind:
        return kind
    if host.state is not HostState.RUNNING:
        return host.state.value
    return "running" if host.answers_echo else "ignores ping"


def _link(place: ExitPlace, vpc_id: str, vpc: VpcPlace) -> Markup:
    """The line from a VPC's edge into the middle of an exit."""
    port = place.ports[vpc_id]
    entry_y = vpc.entry_y(port.y)
    points = [
        (vpc.edge_x, entry_y),
        (port.lane_x, entry_y),
        (port.lane_x, port.y),
        (place.band.centre[0], port.y),
        place.band.centre,
    ]
    return polyline(points, f"link {place.exit.tone}")


def _exit(place: ExitPlace) -> Markup:
    box, exit_ = place.box, place.exit
    head = Box(box.x, box.y, box.width, EXIT_HEAD)
    status = f"{_LINK_SYMBOLS[exit_.tone]} {exit_.status}" if exit_.status else ""
    x, room = box.x + PAD, box.width - 2 * PAD
    return group(
        [
            rect(box, f"exit {exit_.tone}", radius=8),
            rect(head, "head", radius=8),
            text(x, box.y + 17, exit_.kind, class_="q", size=theme.SMALL_PX, room=room),
            text(x, box.y + 33, exit_.name, bold=True, size=theme.NAME_PX, room=room),
            text(x, box.y + 49, status, size=theme.BODY_PX, room=room),
            *_beyond(place),
        ],
        hover=f"{exit_.kind} {exit_.name} {exit_.exit_id} {exit_.status}".strip(),
    )


def _beyond(place: ExitPlace) -> Iterator[Markup]:
    """The outside host that a walk meets, below the gateway that leads to it."""
    box = place.beyond
    if box is None:
        return
    x, room = box.x + PAD, box.width - 2 * PAD
    yield text(x, box.bottom - 26, "outside host", class_="q", size=theme.SMALL_PX, room=room)
    name = place.exit.beyond_name
    yield text(x, box.bottom - 10, name, bold=True, size=theme.NAME_PX, room=room)


def callout_panel(callout: Callout, box: Box, tone: Tone) -> Markup:
    """The words beside the place where a walk ended."""
    room = box.width - 2 * PAD
    bold = len(callout.title)
    lines = [
        text(box.x + PAD, box.y + 18 + LINE_HEIGHT * index, line, bold=index < bold, room=room)
        for index, line in enumerate((*callout.title, *callout.lines))
    ]
    return group([rect(box, f"callout {tone}"), *lines])
