"""Walks through every kind of gateway, and exactly what each interface sees of them."""

from __future__ import annotations

from dataclasses import replace
from ipaddress import ip_address
from pathlib import Path
from typing import Any

import many_gateways as gw
import pytest
import yaml

from labkit.errors import NotSimulated
from labkit.network.explain import explain
from labkit.network.hops import Fate
from labkit.network.packet import Direction, echo_request
from labkit.network.stations.transit_gateway import best_transit_route
from labkit.network.walk import walk

CASES = gw.CASES
each_case = pytest.mark.parametrize("case", CASES, ids=[case["case"] for case in CASES])
OTHER_FATES = {
    Fate.DENIED_BY_SECURITY_GROUP,
    Fate.HOST_DOWN,
    Fate.AMAZON_SERVICE,
    Fate.REPLY_ASTRAY,
    Fate.NO_ROUTE,
    Fate.PEERING_NOT_ACTIVE,
}


def seen(found: Any) -> list[str]:
    """Sightings as ``eni-nat in ACCEPT 10.1.2.10 > 198.51.100.1``, egress with its path code."""
    ways = {Direction.INGRESS: "in", Direction.EGRESS: "out"}
    lines = []
    for each in found.sightings:
        ends = f"{each.packet.source} > {each.packet.destination}"
        path = "" if each.direction is Direction.INGRESS else f" {each.traffic_path or '-'}"
        interface = each.interface_id.removeprefix("eni-")
        lines.append(f"{interface} {ways[each.direction]} {each.action} {ends}{path}")
    return lines


def test_every_case_has_a_source():
    assert [] == [case["case"] for case in CASES if not case.get("source")]


def test_no_fate_of_a_gateway_is_left_out():
    matrix = {
        case["fate"]
        for name in ("failure_matrix.yml", "gateways.yml")
        for case in yaml.safe_load(
            (Path(__file__).parents[1] / "cases" / "walks" / name).read_text()
        )
    }
    assert {str(fate) for fate in Fate} - matrix - {str(fate) for fate in OTHER_FATES} == set()


@each_case
def test_the_fate_is_as_told(case):
    found = gw.walked(case)
    assert (case["fate"], case["leg"]) == (found.fate, found.leg)


@each_case
def test_the_interfaces_see_exactly_this(case):
    assert case["sees"] == seen(gw.walked(case))


@each_case
def test_the_last_sentence_but_one_names_what_decided(case):
    found = gw.walked(case)
    sentences = explain(found, gw.changed(case))
    assert len(sentences) == len(found.hops) + 1
    assert case["because"] in sentences[-2]


def test_a_way_through_two_gateways_reads_well():
    case = {"from": "private-a", "to": "198.51.100.1"}
    told = [each for each in explain(gw.walked(case), gw.NETWORK) if "group" not in each]
    assert [each for each in told if "ACL" not in each and "route table" not in each] == [
        "Request: NAT gateway nat (nat-a) sends the packet on as its own, from 10.1.1.200.",
        "Request: internet gateway igw-a takes the packet for 198.51.100.1 out to the internet.",
        "Request: outside host example (198.51.100.1) receives the ICMP echo request.",
        "Reply: internet gateway igw-a brings the packet for 10.1.1.200 in from the internet.",
        "Reply: NAT gateway nat (nat-a) hands the answer of 198.51.100.1 on to 10.1.2.10.",
        "Reply: host private-a (eni-private-a) receives the ICMP echo reply.",
        "Answered: example (198.51.100.1) replied to private-a (eni-private-a).",
    ]


@pytest.mark.parametrize(
    ("target", "kind"),
    [
        ("nat-9", "DescribeNatGateways"),
        ("eigw-9", "DescribeEgressOnlyInternetGateways"),
        ("vpce-9", "DescribeVpcEndpoints"),
        ("tgw-9", "DescribeTransitGateways"),
    ],
)
def test_a_gateway_that_the_cloud_told_nothing_of_is_said_to_be_unknown(target, kind):
    case = {"from": "private-a", "to": "198.51.100.1"}
    routes = {"rtb-a2": [["0.0.0.0/0", target]]}
    with pytest.raises(NotSimulated, match=f"leads to {target}.*{kind}"):
        gw.walked({**case, "change": {"routes": routes}})


def test_an_instance_that_forwards_is_not_simulated():
    change = {
        "routes": {"rtb-a2": [["0.0.0.0/0", "eni-public-a"]]},
        "set": {"interfaces": {"eni-public-a": {"source_dest_check": False}}},
    }
    with pytest.raises(NotSimulated, match="instances that forward"):
        gw.walked({"from": "private-a", "to": "198.51.100.1", "change": change})


def test_a_transit_route_to_another_kind_of_attachment_is_not_simulated():
    change = {"transit_routes": [["10.2.0.0/16", "att-vpn"]]}
    with pytest.raises(NotSimulated, match="att-vpn"):
        gw.walked({"from": "private-a", "to": "10.2.1.10", "change": change})


def test_whoever_asked_is_known_beyond_a_gateway_endpoint_too():
    """An answer that an endpoint carries keeps its private source, so it is none to who asked."""
    found = gw.walked({"from": "52.216.0.9", "to": "54.0.0.11", "probe": "tcp 22"})
    assert found.fate is Fate.REPLY_FROM_ELSEWHERE
    assert seen(found)[-1] == "odd-a out ACCEPT 10.1.2.11 > 52.216.0.9 7"


def test_a_static_transit_route_comes_before_a_propagated_one():
    table = gw.NETWORK.transit_route_tables["tgw-rtb-1"]
    routes = (
        gw.transit_route("10.2.0.0/16", "att-b", propagated=True),
        gw.transit_route("10.2.0.0/16", "", "blackhole"),
        gw.transit_route("10.0.0.0/8", "att-b"),
    )
    found = best_transit_route(replace(table, routes=routes), ip_address("10.2.1.10"))
    assert found == routes[1]


def test_the_far_zone_is_that_of_the_sender_where_it_is_attached():
    """Of an attachment in two zones, the one in the zone that the packet came from is used."""
    interface = replace(gw.NETWORK.interfaces["eni-tgw-b"], interface_id="eni-0", subnet_id="sub")
    subnet = replace(gw.NETWORK.subnets["subnet-b2"], subnet_id="sub", zone="z0")
    attachment = gw.NETWORK.transit_attachments["att-b"]
    doors = (("sub", "eni-0"), *attachment.interface_ids)
    topology = replace(
        gw.NETWORK,
        interfaces={**gw.NETWORK.interfaces, "eni-0": interface},
        subnets={**gw.NETWORK.subnets, "sub": subnet},
        transit_attachments={
            **gw.NETWORK.transit_attachments,
            "att-b": replace(attachment, interface_ids=doors),
        },
    )
    sender = topology.find_interface("private-a")
    found = walk(topology, echo_request(sender.addresses[0], ip_address("10.2.1.10")), sender)
    assert [s.interface_id for s in found.sightings][2] == "eni-tgw-b"
