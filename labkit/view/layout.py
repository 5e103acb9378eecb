"""
Content in, places on the page out.

VPCs stand in two columns, left and right, with the ways between and out of
them in a channel in the middle. Everything faces the channel: from its
interface a packet meets, in a straight line, the gates of security group,
network ACL and route table, then the channel. The right column is the left
one mirrored.
"""

from __future__ import annotations

from dataclasses import dataclass, field, replace
from typing import TYPE_CHECKING, Final, TypeAlias

from labkit.view.geometry import Box

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from labkit.network.topology import Interface
    from labkit.view.content import AclTable, Content, SubnetContent, Table, VpcContent
    from labkit.view.exits import Exit

MARGIN: Final = 16
PAD: Final = 10
GAP: Final = 10

HOST_WIDTH, HOST_HEIGHT = 236, 92
SG_WIDTH, ACL_WIDTH, ROUTE_WIDTH = 30, 38, 38
TRUNK: Final = 28
SUBNET_WIDTH: Final = 430
CORRIDOR: Final = 36
VPC_WIDTH: Final = PAD + SUBNET_WIDTH + CORRIDOR
VPC_HEAD, SUBNET_HEAD, GATE_HEAD = 46, 30, 18
EMPTY_BODY: Final = 40
TABLE_HEAD, ROW_HEIGHT, TABLE_FOOT = 20, 17, 5

EXIT_WIDTH, EXIT_HEAD, BAND, BEYOND = 168, 56, 50, 74
LANE: Final = 14
LINE_HEIGHT: Final = 16


# (exit, VPC) pairs whose line runs left, and right, of the exits.
_Lanes: TypeAlias = "tuple[list[tuple[str, str]], list[tuple[str, str]]]"


@dataclass(frozen=True, slots=True)
class Callout:
    """
    Words that belong beside one place: a subnet, a VPC or an exit, by its id.

    Title and lines are wrapped to the room there is by whoever makes the callout.
    """

    place_id: str
    title: tuple[str, ...]
    lines: tuple[str, ...]

    @property
    def height(self) -> float:
        return 12 + LINE_HEIGHT * (len(self.title) + len(self.lines))


@dataclass(frozen=True, slots=True)
class HostPlace:
    interface: Interface
    box: Box
    gate: Box
    mark_x: float

    @property
    def y(self) -> float:
        """The height at which its packets travel."""
        return self.box.centre[1]


@dataclass(frozen=True, slots=True)
class SubnetPlace:
    content: SubnetContent
    box: Box
    hosts: tuple[HostPlace, ...]
    acl_gate: Box
    route_gate: Box
    trunk_x: float
    routes: Box
    acl: Box
    callout: Box | None = None


@dataclass(frozen=True, slots=True)
class VpcPlace:
    content: VpcContent
    box: Box
    mirrored: bool
    corridor_x: float
    edge_x: float
    subnets: tuple[SubnetPlace, ...]
    spare_tables: tuple[Box, ...]
    callout: Box | None = None

    @property
    def anchor_y(self) -> float:
        """Where its ways out would like to leave: level with its first interface."""
        rows = (host.y for subnet in self.subnets for host in subnet.hosts)
        return next(rows, self.box.centre[1])

    def entry_y(self, wanted_y: float) -> float:
        """The nearest height at which something can cross the VPC's edge."""
        low = self.box.y + VPC_HEAD + LANE
        return min(max(wanted_y, low), max(low, self.box.bottom - 2 * LANE))


@dataclass(frozen=True, slots=True)
class Port:
    """Where an exit meets the lane that leads to one VPC."""

    lane_x: float
    y: float


@dataclass(frozen=True, slots=True)
class ExitPlace:
    exit: Exit
    box: Box
    band: Box
    ports: Mapping[str, Port] = field(default_factory=dict)
    callout: Box | None = None
    beyond: Box | None = None


@dataclass(frozen=True, slots=True)
class Layout:
    width: float
    bottom: float
    vpcs: tuple[VpcPlace, ...]
    exits: tuple[ExitPlace, ...]


def arrange(content: Content, top: float, callout: Callout | None = None) -> Layout:
    """Places for all of *content*, below *top*, with room for *callout* where it belongs."""
    # A first pass tells who stands where; only then is it known how many lanes there are.
    lanes = _lanes(content, _columns(content, top, MARGIN + VPC_WIDTH, callout))
    rooms = [max(2 * LANE, LANE * (len(side) + 1)) for side in lanes]
    exit_x = MARGIN + VPC_WIDTH + rooms[0]
    right_x = exit_x + EXIT_WIDTH + rooms[1]
    vpcs = _columns(content, top, right_x, callout)
    exits = _exits(content, vpcs, exit_x, top, callout, lanes)
    boxes = [*(vpc.box for vpc in vpcs), *(_whole(each) for each in exits)]
    return Layout(
        max((box.right for box in boxes), default=0) + MARGIN,
        max((box.bottom for box in boxes), default=top),
        vpcs,
        exits,
    )


def _whole(place: ExitPlace) -> Box:
    last = place.callout or place.box
    return Box(place.box.x, place.box.y, place.box.width, last.bottom - place.box.y)


def _lanes(content: Content, vpcs: Sequence[VpcPlace]) -> _Lanes:
    right = {each.content.vpc.vpc_id: each.mirrored for each in vpcs}
    pairs = [(each.exit_id, vpc_id) for each in content.exits for vpc_id in each.vpc_ids]
    return (
        [pair for pair in pairs if not right[pair[1]]],
        [pair for pair in pairs if right[pair[1]]],
    )


def _columns(
    content: Content, top: float, right_x: float, callout: Callout | None
) -> tuple[VpcPlace, ...]:
    """Each VPC goes where there is more room, left if there is no difference."""
    places: list[VpcPlace] = []
    next_y = [top, top]
    for vpc in content.vpcs:
        side = int(next_y[1] < next_y[0])
        frame = Box(right_x if side else MARGIN, next_y[side], VPC_WIDTH, 0)
        places.append(_vpc(vpc, frame, mirrored=bool(side), callout=callout))
        next_y[side] = places[-1].box.bottom + MARGIN
    return tuple(places)


def _vpc(content: VpcContent, frame: Box, *, mirrored: bool, callout: Callout | None) -> VpcPlace:
    y = frame.y + VPC_HEAD
    inner = Box(frame.x + PAD, y, SUBNET_WIDTH, 0).within(frame, mirrored=mirrored)
    subnets: list[SubnetPlace] = []
    for each in content.subnets:
        corner = replace(inner, y=y)
        subnets.append(_subnet(each, corner, mirrored=mirrored, callout=callout))
        y = subnets[-1].box.bottom + GAP
    if not content.subnets:
        y += EMPTY_BODY
    spare: list[Box] = []
    for table in content.spare_tables:
        spare.append(_table(table, replace(inner, y=y)))
        y = spare[-1].bottom + GAP
    note = _callout_box(callout, content.vpc.vpc_id, replace(inner, y=y))
    y = note.bottom + GAP if note else y
    corridor = Box(frame.right - CORRIDOR, y, CORRIDOR, 0).within(frame, mirrored=mirrored)
    return VpcPlace(
        content,
        replace(frame, height=y - frame.y),
        mirrored,
        corridor.centre[0],
        frame.x if mirrored else frame.right,
        tuple(subnets),
        tuple(spare),
        note,
    )


def _callout_box(callout: Callout | None, place_id: str, room: Box) -> Box | None:
    if callout is None or callout.place_id != place_id:
        return None
    return replace(room, height=callout.height)


def _table(table: Table | AclTable, corner: Box) -> Box:
    return replace(corner, height=TABLE_HEAD + ROW_HEIGHT * table.line_count + TABLE_FOOT)


def _subnet(
    content: SubnetContent, corner: Box, *, mirrored: bool, callout: Callout | None
) -> SubnetPlace:
    body_y = corner.y + SUBNET_HEAD + GATE_HEAD
    hosts = tuple(
        _host(each, corner, body_y + index * (HOST_HEIGHT + GAP), mirrored=mirrored)
        for index, each in enumerate(content.interfaces)
    )
    body_bottom = hosts[-1].box.bottom if hosts else body_y + EMPTY_BODY
    gates = _gates(corner, body_y, body_bottom, mirrored=mirrored)
    inside = corner.inset(PAD)
    note = _callout_box(callout, content.subnet.subnet_id, replace(inside, y=body_bottom + GAP))
    y = note.bottom if note else body_bottom
    routes = _table(content.routes, replace(inside, y=y + GAP))
    acl = _table(content.acl, replace(inside, y=routes.bottom + 4))
    box = replace(corner, height=acl.bottom + PAD - corner.y)
    trunk, acl_gate, route_gate = gates
    return SubnetPlace(
        content, box, hosts, acl_gate, route_gate, trunk.centre[0], routes, acl, note
    )


def _host(interface: Interface, corner: Box, y: float, *, mirrored: bool) -> HostPlace:
    box = Box(corner.x + PAD, y, HOST_WIDTH, HOST_HEIGHT)
    gate = Box(box.right, y, SG_WIDTH, HOST_HEIGHT)
    mark = Box(box.right - 18, y, 0, 0)
    placed = (each.within(corner, mirrored=mirrored) for each in (box, gate, mark))
    box, gate, mark = placed
    return HostPlace(interface, box, gate, mark.x)


def _gates(corner: Box, top: float, bottom: float, *, mirrored: bool) -> tuple[Box, Box, Box]:
    """The trunk between interfaces and ACL, the ACL's gate and the route table's."""
    height = bottom - top
    trunk = Box(corner.x + PAD + HOST_WIDTH + SG_WIDTH, top, TRUNK, height)
    acl = Box(trunk.right, top, ACL_WIDTH, height)
    routes = Box(acl.right + GAP, top, ROUTE_WIDTH, height)
    placed = (each.within(corner, mirrored=mirrored) for each in (trunk, acl, routes))
    first, second, third = placed
    return first, second, third


def _exits(
    content: Content,
    vpcs: Sequence[VpcPlace],
    x: float,
    top: float,
    callout: Callout | None,
    lanes: _Lanes,
) -> tuple[ExitPlace, ...]:
    by_id = {vpc.content.vpc.vpc_id: vpc for vpc in vpcs}
    wanted = sorted(content.exits, key=lambda each: (_wanted_y(each, by_id), each.exit_id))
    places: list[ExitPlace] = []
    y = top
    for each in wanted:
        y = max(y, _wanted_y(each, by_id) - EXIT_HEAD - BAND / 2)
        place = _exit(each, by_id, x, y, callout, lanes)
        places.append(place)
        y = _whole(place).bottom + GAP
    return tuple(places)


def _wanted_y(each: Exit, vpcs: Mapping[str, VpcPlace]) -> float:
    anchors = [vpcs[vpc_id].anchor_y for vpc_id in each.vpc_ids]
    return sum(anchors) / len(anchors)


def _exit(
    each: Exit,
    vpcs: Mapping[str, VpcPlace],
    x: float,
    y: float,
    callout: Callout | None,
    lanes: _Lanes,
) -> ExitPlace:
    levels = _levels(each, vpcs)
    height = BAND * (1 + max(levels.values()))
    band = Box(x, y + EXIT_HEAD, EXIT_WIDTH, height)
    beyond = Box(x, band.bottom, EXIT_WIDTH, BEYOND) if each.beyond else None
    box = Box(x, y, EXIT_WIDTH, EXIT_HEAD + height + (BEYOND if beyond else 0))
    ports = {
        vpc_id: Port(
            _lane_x(each.exit_id, vpc_id, box, lanes, right=vpcs[vpc_id].mirrored),
            band.y + BAND * level + BAND / 2,
        )
        for vpc_id, level in levels.items()
    }
    note = _callout_box(callout, each.exit_id, replace(box, y=box.bottom + 6))
    return ExitPlace(each, box, band, ports, note, beyond)


def _levels(each: Exit, vpcs: Mapping[str, VpcPlace]) -> dict[str, int]:
    """VPCs on one side of an exit meet it one below the other."""
    seen = [0, 0]
    levels: dict[str, int] = {}
    for vpc_id in sorted(each.vpc_ids, key=lambda vpc_id: vpcs[vpc_id].box.y):
        side = int(vpcs[vpc_id].mirrored)
        levels[vpc_id] = seen[side]
        seen[side] += 1
    return levels


def _lane_x(
    exit_id: str,
    vpc_id: str,
    box: Box,
    lanes: _Lanes,
    *,
    right: bool,
) -> float:
    place = LANE * (lanes[int(right)].index((exit_id, vpc_id)) + 1)
    return box.right + place if right else box.x - place
