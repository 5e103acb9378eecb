from __future__ import annotations

import re
from dataclasses import replace
from typing import TYPE_CHECKING
from xml.etree import ElementTree as ET

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from labkit.network.topology import Topology
from labkit.network.walk import Leg
from labkit.view.topology import draw

if TYPE_CHECKING:
    from collections.abc import Callable

    from labkit.network.walk import Walk
    from labkit.view.picture import Picture

SVG = "{http://www.w3.org/2000/svg}"


def drawn(picture: Picture) -> str:
    """Every text that the drawing shows, without titles, description and style."""
    root = ET.fromstring(picture.svg)  # noqa: S314  our own markup
    return "\n".join("".join(text.itertext()) for text in root.iter(f"{SVG}text"))


def marks(picture: Picture, class_: str) -> int:
    root = ET.fromstring(picture.svg)  # noqa: S314  our own markup
    return sum(class_ in (each.get("class") or "").split() for each in root.iter())


def test_every_name_and_address_is_drawn(healthy: Topology) -> None:
    shown = drawn(draw(healthy))
    expected = ["vpc-a", "vpc-b", "subnet-a", "subnet-b", "app-a", "app-b", "a-to-b", "10.1.0.0/16"]
    expected += [
        "10.1.1.0/24",
        "10.1.1.10",
        "10.2.1.10",
        "routes-a",
        "SG ping-a",
        "acl-0aaa",
        "active",
    ]
    assert [name for name in expected if name not in shown] == []


def test_the_drawing_names_where_and_why_a_packet_died(scene) -> None:
    picture = draw(scene.topology, scene.walk)
    callout = " ".join(drawn(picture).split())
    assert scene.cause in callout
    assert f"✗ {len(scene.walk.hops)}. {scene.walk.fate}" in callout


def test_the_words_tell_the_same_story(scene) -> None:
    picture = draw(scene.topology, scene.walk)
    assert repr(picture) == picture.words
    assert scene.cause in picture.words
    for number in range(1, len(scene.walk.hops) + 1):
        assert f"\n{number}. " in picture.words


def test_a_screen_reader_gets_title_and_story(healthy: Topology, send: Callable[..., Walk]) -> None:
    picture = draw(healthy, send(healthy))
    root = ET.fromstring(picture.svg)  # noqa: S314  our own markup
    title, description = root.find(f"{SVG}title"), root.find(f"{SVG}desc")
    assert root.get("role") == "img"
    assert title is not None
    assert description is not None
    assert root.get("aria-labelledby") == title.get("id")
    assert root.get("aria-describedby") == description.get("id")
    assert description.text == picture.words
    assert title.text == "ICMP echo request from app-a to app-b (10.2.1.10)"


def test_every_hop_has_its_number(healthy: Topology, send: Callable[..., Walk]) -> None:
    walk = send(healthy)
    numbers = {line for line in drawn(draw(healthy, walk)).splitlines() if line.isdigit()}
    # The last hop bears the sign of how the walk ended instead of a number.
    assert numbers == {str(number) for number in range(1, len(walk.hops))}


def test_a_lost_packet_leaves_a_broken_line_and_a_stop_sign(scene) -> None:
    picture = draw(scene.topology, scene.walk)
    root = ET.fromstring(picture.svg)  # noqa: S314  our own markup
    tracks = [each.get("class") for each in root.iter(f"{SVG}polyline")]
    assert f"track {scene.walk.leg} bad" in tracks
    assert any(each.get("class") == "disc bad" for each in root.iter(f"{SVG}polygon"))
    assert re.search(r"\.track\.bad\{stroke-dasharray:\d", picture.svg)


def test_an_answered_ping_is_drawn_there_and_back(
    healthy: Topology, send: Callable[..., Walk]
) -> None:
    picture = draw(healthy, send(healthy))
    assert [marks(picture, leg) > 0 for leg in Leg] == [True, True]
    assert "stopped here" not in drawn(picture)
    assert "Answered: app-b (10.2.1.10) replied" in drawn(picture)


def test_a_missing_route_stands_in_the_table_it_is_missing_from(
    healthy: Topology, send: Callable[..., Walk]
) -> None:
    table = healthy.route_tables["rtb-0bbb"]
    bare = replace(table, routes=table.routes[:1])
    broken = replace(healthy, route_tables={**healthy.route_tables, "rtb-0bbb": bare})
    assert "no route matches" not in drawn(draw(broken))
    assert "✗ no route matches" in drawn(draw(broken, send(broken)))


def test_a_picture_says_when_the_network_has_changed_since_the_packet(
    healthy: Topology, send: Callable[..., Walk]
) -> None:
    old = send(healthy)
    changed = replace(healthy, peerings={})
    note = "The network has changed since this packet"
    assert note not in drawn(draw(healthy, old))
    assert note in drawn(draw(changed, old))


def test_an_empty_network_is_no_error() -> None:
    picture = draw(Topology())
    assert "Nothing here yet" in drawn(picture)
    assert "no VPC has been built yet" in picture.words


def test_half_built_networks_say_what_is_not_there_yet(healthy: Topology) -> None:
    assert drawn(draw(replace(healthy, subnets={}))).count("no subnets yet") == 2
    assert drawn(draw(replace(healthy, interfaces={}))).count("no instances yet") == 2


def test_a_table_that_no_subnet_uses_is_drawn_as_such(healthy: Topology) -> None:
    table = replace(
        healthy.route_tables["rtb-0aaa"], route_table_id="rtb-x", subnet_ids=frozenset()
    )
    topology = replace(healthy, route_tables={**healthy.route_tables, "rtb-x": table})
    assert "route table routes-a: no subnet uses it" in drawn(draw(topology))


@pytest.mark.parametrize("status", ["active", "pending-acceptance", "deleted"])
def test_a_peering_connection_shows_its_status_as_word_and_line(
    healthy: Topology, status: str
) -> None:
    peerings = {key: replace(each, status=status) for key, each in healthy.peerings.items()}
    picture = draw(replace(healthy, peerings=peerings))
    tone = {"active": "good", "pending-acceptance": "quiet", "deleted": "bad"}[status]
    assert status in drawn(picture)
    assert f'class="link {tone}"' in picture.svg


def test_long_names_are_cut_and_kept_whole_as_tooltip(healthy: Topology) -> None:
    name = "a-name-that-nobody-could-ever-fit-into-a-box-of-this-width"
    vpc = replace(healthy.vpcs["vpc-0aaa"], name=name * 2)
    picture = draw(replace(healthy, vpcs={**healthy.vpcs, "vpc-0aaa": vpc}))
    root = ET.fromstring(picture.svg)  # noqa: S314  our own markup
    cut = [text for text in root.iter(f"{SVG}text") if text.findtext(f"{SVG}title") == name * 2]
    assert cut
    assert all("…" in "".join(text.itertext()) for text in cut)


def test_pictures_on_one_page_share_no_ids_and_no_style(
    healthy: Topology, send: Callable[..., Walk]
) -> None:
    pictures = [draw(healthy), draw(healthy, send(healthy))]
    ids = [set(re.findall(r' id="([^"]+)"', picture.svg)) for picture in pictures]
    assert ids[0].isdisjoint(ids[1])
    for picture, own in zip(pictures, ids, strict=True):
        style = re.search(r"<style>(.*?)</style>", picture.svg)
        assert style is not None
        selectors = re.findall(r"(?:^|\})([^{}]+)\{", style[1])
        assert all(selector.split()[0].removeprefix("#") in own for selector in selectors)


@settings(max_examples=60, deadline=None)
@given(data=st.data())
def test_any_network_draws_the_same_well_formed_picture_twice(
    any_walk: st.SearchStrategy[tuple[Topology, Walk | None]], data: st.DataObject
) -> None:
    topology, walk = data.draw(any_walk)
    picture = draw(topology, walk)
    root = ET.fromstring(picture.svg)  # noqa: S314  our own markup
    assert picture == draw(topology, walk)
    assert float(root.get("width", "0")) == round(picture.natural_width)
    ids = [each.get("id") for each in root.iter() if each.get("id")]
    assert len(ids) == len(set(ids))
