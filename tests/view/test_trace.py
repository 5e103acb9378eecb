from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

from labkit.view.theme import Tone
from labkit.view.trace import trace_table

if TYPE_CHECKING:
    from collections.abc import Callable

    from labkit.network.topology import Topology
    from labkit.network.walk import Walk


def test_every_hop_is_one_numbered_line(healthy: Topology, send: Callable[..., Walk]) -> None:
    walk = send(healthy)
    cells = [line.cells for line in trace_table(walk, healthy).grid.lines]
    assert [row[0] for row in cells] == [str(number) for number in range(1, len(walk.hops) + 1)]
    assert [row[1] for row in cells] == [str(hop.leg) for hop in walk.hops]
    assert all(str(hop.verdict) in row[4] for row, hop in zip(cells, walk.hops, strict=True))


def test_the_last_line_gives_the_verdict_and_the_cause(scene) -> None:
    trace = trace_table(scene.walk, scene.topology)
    last = repr(trace).splitlines()[-1]
    assert last.startswith("✗ No answer: ")
    assert scene.cause in last
    assert scene.cause in trace._repr_html_()


def test_only_the_hop_that_stopped_the_packet_is_marked(scene) -> None:
    lines = trace_table(scene.walk, scene.topology).grid.lines
    assert [line.tone for line in lines] == [None] * (len(lines) - 1) + [Tone.BAD]
    assert ["✗" in line.cells[4] for line in lines] == [False] * (len(lines) - 1) + [True]


def test_an_answered_ping_ends_well(healthy: Topology, send: Callable[..., Walk]) -> None:
    trace = trace_table(send(healthy), healthy)
    assert trace.tone is Tone.GOOD
    assert repr(trace).splitlines()[-1] == "✓ Answered: app-b (10.2.1.10) replied."


def test_a_trace_survives_the_deletion_of_what_it_names(
    healthy: Topology, send: Callable[..., Walk]
) -> None:
    trace = trace_table(send(healthy), replace(healthy, peerings={}))
    assert "The network has changed since this packet" in trace.ending
    assert [line.cells[3] for line in trace.grid.lines].count("pcx-0ab") == 2


def test_names_with_markup_stay_text(healthy: Topology, send: Callable[..., Walk]) -> None:
    key = "eni-0bbb"
    named = replace(healthy.interfaces[key], name="<script>x</script>")
    topology = replace(healthy, interfaces={**healthy.interfaces, key: named})
    assert "<script>" not in trace_table(send(topology), topology)._repr_html_()
