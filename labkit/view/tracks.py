"""
A walk laid over the page: one line per leg, and a mark for every hop.

Both legs keep to the left of their way, as traffic does in some countries, so
a reply that comes back by the way of the request runs beside it.
"""

from __future__ import annotations

import itertools
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING, Final

from labkit.network.walk import Fate, Leg, Station
from labkit.view.geometry import beside
from labkit.view.theme import Tone

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Sequence

    from labkit.network.walk import Hop, Walk
    from labkit.view.content import Step
    from labkit.view.geometry import Point
    from labkit.view.layout import ExitPlace, HostPlace, Layout, SubnetPlace, VpcPlace

TRACK_OFFSET: Final = 12
MARK_ROOM: Final = 22
_TRANSIT: Final = "transit_gateway"

_TONES: Final = {
    Fate.ANSWERED: Tone.GOOD,
    Fate.CONNECTION_REFUSED: Tone.GOOD,
    Fate.LEFT_FOR_INTERNET: Tone.OPEN,
    Fate.LEFT_FOR_SERVICE: Tone.OPEN,
    Fate.AMAZON_SERVICE: Tone.OPEN,
}


def tone_of(walk: Walk) -> Tone:
    """Good when the sender heard back, open when the lab cannot know, else bad."""
    return _TONES.get(walk.fate, Tone.BAD)


@dataclass(frozen=True, slots=True)
class Mark:
    """A hop's place on the page; ``tone`` is GOOD for every hop but the one that ended a walk."""

    step: Step
    at: Point
    tone: Tone
    last: bool


@dataclass(frozen=True, slots=True)
class Track:
    """One leg. ``lost_from`` is the index of the point after which the packet was lost."""

    leg: Leg
    points: tuple[Point, ...]
    marks: tuple[Mark, ...]
    lost_from: int | None = None


@dataclass(frozen=True, slots=True)
class _Spot:
    """Where a hop happens, and what it belongs to, for finding the way from one to the next."""

    at: Point
    host: HostPlace | None = None
    subnet: SubnetPlace | None = None
    vpc: VpcPlace | None = None
    exit: ExitPlace | None = None


class Atlas:
    """Every place of a layout by id, and the ways between them."""

    def __init__(self, layout: Layout) -> None:
        self._hosts: dict[str, _Spot] = {}
        self._vpcs = {vpc.content.vpc.vpc_id: vpc for vpc in layout.vpcs}
        self._exits = {each.exit.exit_id: each for each in layout.exits}
        self._outside = {
            each.exit.beyond: _Spot((each.beyond.centre[0], each.beyond.y + 18), exit=each)
            for each in layout.exits
            if each.beyond is not None
        }
        for vpc in layout.vpcs:
            for subnet in vpc.subnets:
                for host in subnet.hosts:
                    spot = _Spot((host.mark_x, host.y), host, subnet, vpc)
                    self._hosts[host.interface.interface_id] = spot

    def tracks(self, walk: Walk, steps: Sequence[Step]) -> tuple[Track, ...]:
        """The legs of *walk* that can be shown; hops whose place is not drawn are left out."""
        starts = {Leg.REQUEST: walk.sender_id, Leg.REPLY: walk.receiver_id}
        tracks = (
            self._track(walk, leg, starts[leg], [step for step in steps if step.hop.leg is leg])
            for leg in Leg
        )
        return tuple(_apart(track for track in tracks if track is not None))

    def _track(
        self, walk: Walk, leg: Leg, start_id: str | None, steps: Sequence[Step]
    ) -> Track | None:
        start = self._hosts.get(start_id or "") or self._outside.get(start_id or "")
        if start is None or not steps:
            return None
        points, places = [start.at], []
        here, vpc = start, start.vpc
        for step in steps:
            spots = self._spots(step.hop, here)
            if not spots:
                break
            for spot in spots:
                _extend(points, _way(here, spot, vpc))
                here, vpc = spot, spot.vpc or vpc
            places.append((step, len(points) - 1))
        shifted = beside(points, TRACK_OFFSET)
        ends_here = walk.leg is leg and len(places) == len(steps)
        return _inked(walk, leg, shifted, places, ends_here=ends_here)

    def _spots(self, hop: Hop, here: _Spot) -> list[_Spot]:
        """The spot of *hop*, after those on the way to it; none if it is not drawn."""
        spot = self._spot(hop, here)
        if spot is None:
            return []
        door = self._hosts.get(hop.interface_id or "")
        if door is None or door.host is None:
            return [spot]
        in_transit = door.host.interface.interface_type == _TRANSIT
        # In and out of a transit gateway it goes through the interfaces of its attachments.
        through = hop.station is Station.TRANSIT_GATEWAY or (in_transit and here.exit is not None)
        return [door, spot] if through else [spot]

    def _spot(self, hop: Hop, here: _Spot) -> _Spot | None:
        if hop.station is Station.OUTSIDE_HOST:
            return self._outside.get(hop.component_ids[0])
        transit = hop.station is Station.TRANSIT_GATEWAY and hop.component_ids[0] in self._exits
        if hop.interface_id is not None and not transit:
            return self._at_interface(hop)
        if hop.component_ids and hop.component_ids[0] in self._exits:
            place = self._exits[hop.component_ids[0]]
            return _Spot(place.band.centre, exit=place)
        vpc = self._vpcs.get(hop.vpc_id or "")
        if vpc is None:
            return None
        y = here.at[1]
        if here.exit is not None:
            port = here.exit.ports.get(hop.vpc_id or "")
            y = vpc.entry_y(port.y if port else y)
        return _Spot((vpc.corridor_x, y), vpc=vpc)

    def _at_interface(self, hop: Hop) -> _Spot | None:
        base = self._hosts.get(hop.interface_id or "")
        if base is None or base.host is None or base.subnet is None:
            return None
        x = {
            Station.SECURITY_GROUP: base.host.gate.centre[0],
            Station.NETWORK_ACL: base.subnet.acl_gate.centre[0],
            Station.ROUTE_TABLE: base.subnet.route_gate.centre[0],
        }.get(hop.station, base.host.mark_x)
        return _Spot((x, base.host.y), base.host, base.subnet, base.vpc)


def _apart(tracks: Iterable[Track]) -> Iterator[Track]:
    """
    The same tracks, and no mark on top of an earlier one: it stands beside it.

    A gateway that both legs enter and leave by one interface would hide the request's marks.
    """
    taken: set[Point] = set()
    for track in tracks:
        marks = []
        for mark in track.marks:
            x, y = mark.at
            while (x, y) in taken:
                x += MARK_ROOM
            taken.add((x, y))
            marks.append(replace(mark, at=(x, y)))
        yield replace(track, marks=tuple(marks))


def _extend(points: list[Point], corners: Sequence[Point]) -> None:
    """Add corners; where the line turns back on itself, the turn is two points, to stay square."""
    for corner in corners:
        if corner == points[-1]:
            continue
        if len(points) > 1 and _turns_back(points[-2], points[-1], corner):
            points.append(points[-1])
        points.append(corner)


def _turns_back(before: Point, here: Point, after: Point) -> bool:
    (x1, y1), (x2, y2) = ((b[0] - a[0], b[1] - a[1]) for a, b in ((before, here), (here, after)))
    return x1 * x2 + y1 * y2 < 0


def _way(start: _Spot, end: _Spot, from_vpc: VpcPlace | None) -> list[Point]:
    """The corners from *start* to *end*, and *end* itself."""
    if start.exit is not None and start.exit is end.exit:
        return [end.at]
    if start.exit is not None:
        return _into(start.exit, start, end)
    if end.exit is not None:
        return _out(end.exit, start, end, from_vpc)
    if start.at[1] == end.at[1]:
        return [end.at]
    if start.subnet is not None and start.subnet is end.subnet:
        x = start.subnet.trunk_x
    else:
        vpc = start.vpc or end.vpc
        x = vpc.corridor_x if vpc else end.at[0]
    return [(x, start.at[1]), (x, end.at[1]), end.at]


def _out(place: ExitPlace, start: _Spot, end: _Spot, from_vpc: VpcPlace | None) -> list[Point]:
    vpc_id = from_vpc.content.vpc.vpc_id if from_vpc else ""
    port = place.ports.get(vpc_id)
    x, y = (port.lane_x, port.y) if port else end.at
    return [(x, start.at[1]), (x, y), (end.at[0], y), end.at]


def _into(place: ExitPlace, start: _Spot, end: _Spot) -> list[Point]:
    vpc_id = end.vpc.content.vpc.vpc_id if end.vpc else ""
    port = place.ports.get(vpc_id)
    x, y = (port.lane_x, port.y) if port else start.at
    return [(start.at[0], y), (x, y), (x, end.at[1]), end.at]


def _inked(
    walk: Walk,
    leg: Leg,
    points: Sequence[Point],
    places: Sequence[tuple[Step, int]],
    *,
    ends_here: bool,
) -> Track:
    tone = tone_of(walk)
    final = len(places) - 1
    marks = tuple(
        Mark(
            step,
            points[index],
            tone if ends_here and order == final else Tone.GOOD,
            ends_here and order == final,
        )
        for order, (step, index) in enumerate(places)
    )
    lost_from = None
    if ends_here and tone is not Tone.GOOD:
        lost_from = places[-2][1] if len(places) > 1 else 0
    return Track(leg, tuple(points), marks, lost_from)


def arrowheads(points: Sequence[Point], *, shortest: float = 26) -> Iterator[tuple[Point, Point]]:
    """Middle and direction of every straight piece that has room for an arrowhead."""
    for (x1, y1), (x2, y2) in itertools.pairwise(points):
        length = abs(x2 - x1) + abs(y2 - y1)
        if length >= shortest:
            yield ((x1 + x2) / 2, (y1 + y2) / 2), ((x2 - x1) / length, (y2 - y1) / length)
