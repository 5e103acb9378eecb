from __future__ import annotations

from itertools import pairwise
from typing import TYPE_CHECKING

from hypothesis import given, settings
from hypothesis import strategies as st

from labkit.network.walk import Leg, Station
from labkit.view.content import content
from labkit.view.layout import arrange
from labkit.view.theme import Tone
from labkit.view.tracks import Atlas, arrowheads, tone_of

if TYPE_CHECKING:
    from collections.abc import Callable

    from labkit.network.topology import Topology
    from labkit.network.walk import Walk
    from labkit.view.layout import Layout
    from labkit.view.tracks import Track


def laid(topology: Topology, walk: Walk) -> tuple[Layout, tuple[Track, ...]]:
    parts = content(topology, walk)
    layout = arrange(parts, 60)
    return layout, Atlas(layout).tracks(walk, parts.steps)


def test_every_hop_is_marked_in_the_gate_it_met(
    healthy: Topology, send: Callable[..., Walk]
) -> None:
    layout, tracks = laid(healthy, send(healthy))
    subnets = {each.content.subnet.subnet_id: each for vpc in layout.vpcs for each in vpc.subnets}
    for mark in (mark for track in tracks for mark in track.marks):
        hop, (x, y) = mark.step.hop, mark.at
        if hop.subnet_id is None:
            box = layout.exits[0].band
        else:
            place = subnets[hop.subnet_id]
            box = {
                Station.NETWORK_ACL: place.acl_gate,
                Station.ROUTE_TABLE: place.route_gate,
                Station.SECURITY_GROUP: place.hosts[0].gate,
            }.get(hop.station, place.hosts[0].box)
        assert box.x < x < box.right
        assert box.y < y < box.bottom


def test_there_and_back_run_beside_each_other(healthy: Topology, send: Callable[..., Walk]) -> None:
    _, (there, back) = laid(healthy, send(healthy))
    assert {y for _, y in there.points}.isdisjoint({y for _, y in back.points})
    assert there.points[0][0] < there.points[-1][0]
    assert back.points[0][0] > back.points[-1][0]


def test_only_the_hop_that_ended_a_walk_is_bad(scene) -> None:
    _, tracks = laid(scene.topology, scene.walk)
    marks = [mark for track in tracks for mark in track.marks]
    assert [mark.step.number for mark in marks] == list(range(1, len(scene.walk.hops) + 1))
    assert [mark.tone for mark in marks] == [Tone.GOOD] * (len(marks) - 1) + [Tone.BAD]
    assert [mark.last for mark in marks] == [False] * (len(marks) - 1) + [True]
    assert [track.lost_from is not None for track in tracks] == [
        track.leg is scene.walk.leg for track in tracks
    ]


def test_a_walk_to_a_peer_on_the_same_side_turns_inside_the_connection(
    triangle: Topology, send: Callable[..., Walk]
) -> None:
    layout, tracks = laid(triangle, send(triangle, "app-a", "10.3.1.10"))
    [box] = [each.box for each in layout.exits if each.exit.name == "a-to-c"]
    others = [each.box for each in layout.exits if each.exit.name != "a-to-c"]
    for track in tracks:
        assert any(box.x < x < box.right for x, _ in track.points)
        for start, end in pairwise(track.points):
            assert [other for other in others if _crosses(start, end, other)] == []


def _crosses(start: tuple[float, float], end: tuple[float, float], box: object) -> bool:
    from labkit.view.geometry import Box

    assert isinstance(box, Box)
    (x1, x2), (y1, y2) = sorted((start[0], end[0])), sorted((start[1], end[1]))
    return x1 < box.right and x2 > box.x and y1 < box.bottom and y2 > box.y


@settings(max_examples=80, deadline=None)
@given(data=st.data())
def test_all_lines_are_level_or_plumb(
    any_walk: st.SearchStrategy[tuple[Topology, Walk | None]], data: st.DataObject
) -> None:
    topology, walk = data.draw(any_walk)
    tracks = laid(topology, walk)[1] if walk else ()
    for track in tracks:
        for (x1, y1), (x2, y2) in pairwise(track.points):
            assert x1 == x2 or y1 == y2


@settings(max_examples=80, deadline=None)
@given(data=st.data())
def test_every_hop_of_a_fresh_walk_has_a_mark(
    any_walk: st.SearchStrategy[tuple[Topology, Walk | None]], data: st.DataObject
) -> None:
    topology, walk = data.draw(any_walk)
    if walk is not None:
        marks = [mark for track in laid(topology, walk)[1] for mark in track.marks]
        assert len(marks) == len(walk.hops)
        assert marks[-1].tone is tone_of(walk)
        assert marks[-1].step.hop.leg in Leg


def test_short_pieces_carry_no_arrowhead() -> None:
    points = [(0.0, 0.0), (10.0, 0.0), (10.0, 100.0)]
    assert list(arrowheads(points)) == [((10.0, 50.0), (0.0, 1.0))]
