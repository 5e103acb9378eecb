from __future__ import annotations

from dataclasses import dataclass, replace
from typing import TYPE_CHECKING

import pytest

from labkit.errors import NameNotFound
from labkit.network.topology import Topology
from labkit.view.reachability import reachability
from labkit.view.theme import Tone

if TYPE_CHECKING:
    from collections.abc import Callable


@dataclass
class Pinged:
    """What a ping said."""

    transmitted: int
    received: int


def one_way(healthy: Topology) -> Topology:
    """*healthy* without the route back on the side of b."""
    table = healthy.route_tables["rtb-0bbb"]
    tables = {**healthy.route_tables, "rtb-0bbb": replace(table, routes=table.routes[:1])}
    return replace(healthy, route_tables=tables)


def test_every_pair_is_tried_in_both_directions(triangle: Topology) -> None:
    result = reachability(triangle)
    assert result.names == ("app-a", "app-b", "app-c")
    assert len(result.pairs) == 6
    assert result.description == "6 of 6 pairs are answered."
    assert result.grid.lines[0].cells == (
        "app-a",
        "-",
        "✓ answered",
        "✓ answered",
    )


def test_what_is_lost_says_where(healthy: Topology) -> None:
    result = reachability(one_way(healthy))
    assert result.description == ("0 of 2 pairs are answered; not: app-a to app-b, app-b to app-a.")
    assert result.pair("app-a", "app-b").words == "✗ no route, on the way back"
    assert result.pair("app-b", "app-a").words == "✗ no route, on the way there"
    assert result.grid.lines[0].tones == (None, Tone.QUIET, Tone.BAD)


@pytest.mark.parametrize(
    ("received", "words"),
    [(4, "✓ answered; ping 4 of 4"), (0, "≠ ping 0 of 4, but predicted: ✓ answered")],
)
def test_pings_stand_beside_the_prediction_and_differences_show(
    healthy: Topology, received: int, words: str
) -> None:
    asked: list[tuple[str, str]] = []

    def ping(source: str, target: str) -> Pinged:
        asked.append((source, target))
        return Pinged(4, received)

    result = reachability(healthy, ping)
    assert result.pair("app-a", "app-b").words == words
    assert asked == [("app-a", "app-b"), ("app-b", "app-a")]
    assert result.pair("app-a", "app-b").agree == (received == 4)


def test_instances_of_one_name_are_told_apart_by_id(healthy: Topology) -> None:
    interfaces = {key: replace(each, name="app") for key, each in healthy.interfaces.items()}
    result = reachability(replace(healthy, interfaces=interfaces))
    assert result.names == ("i-0aaa", "i-0bbb")


def test_an_unknown_end_is_named_beside_those_there_are(healthy: Topology) -> None:
    result = reachability(healthy)
    with pytest.raises(NameNotFound, match="'app-x'.*Known: app-a, app-b"):
        result.pair("app-x", "app-b")
    with pytest.raises(NameNotFound, match="'app-a'.*Known: app-b"):
        result.pair("app-a", "app-a")


@pytest.mark.parametrize("make", [Topology, None])
def test_a_network_without_two_instances_says_so(
    make: Callable[[], Topology] | None, healthy: Topology
) -> None:
    alone = {"eni-0aaa": healthy.interfaces["eni-0aaa"]}
    topology = make() if make else replace(healthy, interfaces=alone)
    assert repr(reachability(topology)) == "There are no two instances to try."


def test_names_are_escaped(healthy: Topology) -> None:
    interfaces = {key: replace(each, name=f"<b>{key}") for key, each in healthy.interfaces.items()}
    page = reachability(one_way(replace(healthy, interfaces=interfaces)))._repr_html_()
    assert "<b>eni" not in page
