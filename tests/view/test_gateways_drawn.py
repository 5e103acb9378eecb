"""Gateways and outside hosts in drawings: where they stand, and walks through them."""

from __future__ import annotations

from dataclasses import replace
from ipaddress import ip_address
from itertools import combinations
from math import dist

import many_gateways as gw
import pytest

from labkit.network.packet import echo_request
from labkit.network.walk import walk
from labkit.network.ways_out import OutsideHost
from labkit.view.content import content
from labkit.view.layout import arrange
from labkit.view.story import headline, question, tell
from labkit.view.topology import draw
from labkit.view.trace import trace_table
from labkit.view.tracks import Atlas

BADGE_WIDTH = 18
SCANNER = OutsideHost(ip_address("198.51.100.66"), "scanner")


def walked(sender, target):
    address = ip_address(target)
    if isinstance(sender, OutsideHost):
        return walk(gw.NETWORK, echo_request(sender.address, address), sender)
    interface = gw.NETWORK.find_interface(sender)
    source = next(each for each in interface.addresses if each.version == address.version)
    return walk(gw.NETWORK, echo_request(source, address), interface)


WALKS = {
    "NAT gateway": ("private-a", "198.51.100.1"),
    "egress-only gateway": ("private-a", "2600::1"),
    "gateway endpoint": ("private-a", "52.216.0.1"),
    "transit gateway": ("private-a", "10.2.1.10"),
    "scan": (SCANNER, "54.0.0.10"),
    "scan of a NAT gateway": (SCANNER, "54.0.0.200"),
    "out and in again": ("private-a", "54.0.0.10"),
}


@pytest.mark.parametrize("ends", WALKS.values(), ids=WALKS.keys())
def test_every_hop_of_a_walk_through_gateways_has_its_mark(ends):
    found = walked(*ends)
    parts = content(gw.NETWORK, found)
    tracks = Atlas(arrange(parts, 60)).tracks(found, parts.steps)
    marked = [mark.step.number for track in tracks for mark in track.marks]
    assert marked == list(range(1, len(found.hops) + 1))


@pytest.mark.parametrize("ends", WALKS.values(), ids=WALKS.keys())
def test_no_mark_lies_on_another(ends):
    found = walked(*ends)
    parts = content(gw.NETWORK, found)
    tracks = Atlas(arrange(parts, 60)).tracks(found, parts.steps)
    marks = [mark.at for track in tracks for mark in track.marks]
    assert [] == [(a, b) for a, b in combinations(marks, 2) if dist(a, b) < BADGE_WIDTH]


@pytest.mark.parametrize("ends", WALKS.values(), ids=WALKS.keys())
def test_lines_run_along_the_page_and_never_aslant(ends):
    found = walked(*ends)
    parts = content(gw.NETWORK, found)
    for track in Atlas(arrange(parts, 60)).tracks(found, parts.steps):
        pairs = zip(track.points, track.points[1:], strict=False)
        assert [(a, b) for a, b in pairs if a[0] != b[0] and a[1] != b[1]] == []


def test_a_transit_gateway_joins_what_is_attached_and_a_nat_gateway_stands_in_its_subnet():
    shown = {each.exit_id: each.vpc_ids for each in content(gw.NETWORK).exits}
    assert shown["tgw-1"] == ("vpc-a", "vpc-b")
    assert "nat-a" not in shown
    [line] = [each for each in tell(gw.NETWORK) if "NAT gateway nat" in each]
    assert "public address 54.0.0.200" in line


def test_an_outside_host_stands_beyond_the_gateway_that_leads_to_it():
    exits = {each.exit_id: each for each in content(gw.NETWORK, walked(*WALKS["scan"])).exits}
    assert (exits["igw-a"].beyond, exits["eigw-a"].beyond) == ("198.51.100.66", "")


def test_outside_hosts_are_called_by_their_names():
    found = walked("private-a", "198.51.100.1")
    assert headline(gw.NETWORK, found) == "Answered: example (198.51.100.1) replied"
    assert question(gw.NETWORK, found).endswith("from private-a to example (198.51.100.1)")


def test_a_gateway_that_is_gone_since_is_told_as_gone():
    found = walked("private-a", "198.51.100.1")
    later = replace(gw.NETWORK, nat_gateways={})
    assert "NAT gateway nat-a: forward; it is gone now." in "\n".join(tell(later, found))
    assert "it is gone now" in repr(draw(later, found))


def test_the_trace_names_gateways_and_outside_hosts():
    told = repr(trace_table(walked("private-a", "198.51.100.1"), gw.NETWORK))
    assert "sends the packet on as its own, from 10.1.1.200" in told
    assert "outside host" in told
