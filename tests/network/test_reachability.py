"""The analyzer says what the walk says, names all that stands in the way, and in AWS's codes."""

from __future__ import annotations

from dataclasses import replace
from ipaddress import ip_address
from pathlib import Path

import many_gateways as gw
import pytest
import yaml
from hypothesis import HealthCheck, assume, given, settings
from hypothesis import strategies as st

from labkit.network.blockers import Blocker, obstacles
from labkit.network.packet import Direction
from labkit.network.reachability import AtEnd, analyze, filtered
from labkit.network.reachability import Path as Question
from labkit.network.reachability.explanations import explanations
from labkit.network.topology import Host, HostState, TargetKind

law = settings(
    max_examples=150,
    suppress_health_check=[HealthCheck.filter_too_much, HealthCheck.too_slow],
)

ICMP, TCP = 1, 6
CASES_OF_GATEWAYS = yaml.safe_load(
    (Path(__file__).parents[1] / "cases" / "walks" / "gateways.yml").read_text()
)


def ids(components):
    return [each.component_id for each in components]


def codes(analysis):
    return [each.code for each in analysis.explanations]


@pytest.fixture
def asked(two_vpcs):
    """Asks whether app-a reaches app-b after some changes to the healthy network."""

    def asked(*changes, source="i-app-a", destination="i-app-b", protocol=ICMP, **ends):
        topology = two_vpcs()
        for change in changes:
            topology = change(topology)
        return analyze(topology, Question(source, destination, protocol, **ends))

    return asked


def port(first, last=None):
    return AtEnd(destination_ports=(first, first if last is None else last))


def through(source, destination, protocol=TCP, **ends):
    """Of the network that has a gateway of every kind."""
    return analyze(gw.NETWORK, Question(source, destination, protocol, **ends))


def with_answers(topology):
    """The network whose hosts answer everything: all that an analyzer of networks can know."""
    everything = frozenset((protocol, p) for protocol in (6, 17) for p in (22, 53, 80, 443, 40000))
    interfaces = {
        key: replace(each, host=Host(listening=everything))
        if each.host.state is not HostState.STOPPED
        else each
        for key, each in topology.interfaces.items()
    }
    return replace(topology, interfaces=interfaces)


@law
@given(data=st.data())
def test_there_is_a_path_exactly_if_the_walk_is_answered(drawn, data):
    scenario = data.draw(drawn.scenarios)
    packet, sender = scenario.packet, scenario.sender
    assume(sender.host.state is HostState.RUNNING)
    assume(packet.destination != ip_address("203.0.113.7"))
    ideal = with_answers(scenario.topology)
    at_source = AtEnd(
        packet.source,
        packet.destination,
        (packet.source_port, packet.source_port),
        (packet.destination_port, packet.destination_port),
    )
    analysis = analyze(
        scenario.topology, Question(sender.interface_id, "", packet.protocol, at_source)
    )

    assert scenario.walk(ideal).answered == analysis.found
    assert analysis.found == (not analysis.explanations)
    assert analysis.found or not scenario.walk().answered
    if not analysis.found:
        met = obstacles(ideal, packet, ideal.interfaces[sender.interface_id])
        told = [why for blocker in met.blockers for why in explanations(blocker)]
        assert told == list(analysis.explanations)


def test_a_path_has_its_components_in_order_both_ways(asked):
    analysis = asked()

    assert analysis.found
    assert [
        *("i-app-a", "eni-app-a", "sg-a", "acl-a", "rtb-a", "pcx-ab"),
        *("acl-b", "sg-b", "eni-app-b", "i-app-b"),
    ] == ids(analysis.forward)
    assert [
        *("i-app-b", "eni-app-b", "sg-b", "acl-b", "rtb-b", "pcx-ab"),
        *("acl-a", "sg-a", "eni-app-a", "i-app-a"),
    ] == ids(analysis.back)


def test_components_carry_rules_routes_places_and_headers(asked):
    first, interface, group, acl, table, peering, *_, last = asked().forward

    assert ("10.1.1.10", "10.2.1.10") == (
        str(first.outbound.source),
        str(last.inbound.destination),
    )
    assert ("i-app-a", "subnet-a1", "vpc-a") == (
        interface.attached_to,
        interface.subnet_id,
        interface.vpc_id,
    )
    assert group.rule.protocol is None
    assert (100, True) == (acl.rule.number, acl.rule.egress)
    assert TargetKind.PEERING is table.rule.target
    assert ("vpc-a", "vpc-b") == (peering.source_vpc_id, peering.destination_vpc_id)


def test_neighbours_in_a_subnet_meet_without_acl_and_route_table(asked):
    analysis = asked(destination="eni-near-a")

    assert ["i-app-a", "eni-app-a", "sg-a", "sg-a", "eni-near-a", "i-near-a"] == ids(
        analysis.forward
    )


CASES = {
    "no route": (
        lambda t, b: b.routes(t, "rtb-a"),
        ["NO_ROUTE_TO_DESTINATION"],
    ),
    "no route back": (
        lambda t, b: b.routes(t, "rtb-b"),
        ["NO_ROUTE_TO_DESTINATION"],
    ),
    "default route to the internet": (
        lambda t, b: b.routes(t, "rtb-a", b.route("0.0.0.0/0", "igw-a")),
        [
            "IGW_DESTINATION_ADDRESS_NOT_IN_RFC1918_EGRESS",
            "IGW_PUBLIC_IP_ASSOCIATION_FOR_EGRESS",
        ],
    ),
    "blackhole": (
        lambda t, b: b.routes(
            b.peering(t, "pcx-ab", status="deleted"),
            "rtb-a",
            b.route("10.2.0.0/16", "pcx-ab", "blackhole"),
        ),
        ["BAD_STATE_ROUTE", "BAD_STATE"],
    ),
    "peering pending": (
        lambda t, b: b.peering(t, "pcx-ab", status="pending-acceptance"),
        ["BAD_STATE"],
    ),
    "rules that do not apply": (
        lambda t, b: b.group(t, "sg-b", ingress=(b.allow("tcp", 22, 22),)),
        ["ENI_SG_RULES_MISMATCH"],
    ),
    "no rules at all": (
        lambda t, b: b.group(t, "sg-a", egress=()),
        ["SG_HAS_NO_RULES"],
    ),
    "ACL": (
        lambda t, b: b.entries(t, "acl-b", b.entry(90, "in", "deny")),
        ["SUBNET_ACL_RESTRICTION"],
    ),
    "ACL on the way back": (
        lambda t, b: b.entries(t, "acl-a", b.entry(90, "in", "deny", "icmp", icmp_type=0)),
        ["SUBNET_ACL_RESTRICTION"],
    ),
    "stopped": (
        lambda t, b: b.host(t, "eni-app-b", state=HostState.STOPPED),
        ["BAD_STATE"],
    ),
    "sender stopped": (
        lambda t, b: b.host(t, "eni-app-a", state=HostState.STOPPED),
        ["BAD_STATE"],
    ),
}


@pytest.mark.parametrize("case", CASES)
def test_what_stands_in_the_way_has_its_code(asked, broken, case):
    change, expected = CASES[case]
    analysis = asked(lambda topology: change(topology, broken))

    assert (False, expected) == (analysis.found, codes(analysis))


def test_several_obstacles_are_told_at_once_in_the_order_of_the_way(asked, broken):
    analysis = asked(
        lambda t: broken.group(t, "sg-b", ingress=()),
        lambda t: broken.entries(t, "acl-a", broken.entry(90, "out", "deny")),
        lambda t: broken.routes(t, "rtb-b"),
    )

    assert ["SUBNET_ACL_RESTRICTION", "SG_HAS_NO_RULES", "NO_ROUTE_TO_DESTINATION"] == codes(
        analysis
    )
    assert ["i-app-a", "eni-app-a", "sg-a"] == ids(analysis.forward)
    acl, group, route = analysis.explanations
    assert (Direction.EGRESS, 90) == (acl.direction, acl.rule.number)
    assert ("eni-app-b", ("sg-b",)) == (
        group.about["NetworkInterface"],
        group.about["SecurityGroups"],
    )
    assert ("rtb-b", "10.1.1.10") == (route.about["RouteTable"], str(route.address))


def test_an_obstacle_on_the_way_back_leaves_the_way_there_whole(asked, broken):
    analysis = asked(lambda t: broken.entries(t, "acl-b", broken.entry(90, "out", "deny")))

    assert "i-app-b" == ids(analysis.forward)[-1]
    assert ["i-app-b", "eni-app-b", "sg-b"] == ids(analysis.back)


def test_vpcs_that_nothing_joins_are_said_to_be_disconnected(asked, broken):
    analysis = asked(
        lambda t: broken.routes(t, "rtb-a"),
        lambda t: broken.routes(t, "rtb-b"),
        lambda t: replace(t, peerings={}),
    )

    assert ["NO_ROUTE_TO_DESTINATION", "DISCONNECTED_VPCS"] == codes(analysis)[:2]


def test_an_address_that_the_peering_does_not_carry_is_named_with_what_it_does(asked, broken):
    analysis = asked(
        lambda t: broken.routes(t, "rtb-a", broken.route("0.0.0.0/0", "pcx-ab")),
        destination="",
        at_source=AtEnd(destination=ip_address("192.168.1.1")),
    )

    [why] = analysis.explanations
    assert ("PCX_REQUIRES_ADDRESS_IN_VPC_CIDR", "10.2.0.0/16") == (why.code, why.cidrs[0])


def test_a_host_that_keeps_silent_is_no_matter_of_the_network(asked, broken):
    assert asked(lambda t: broken.host(t, "eni-app-b", answers_echo=False)).found


def test_a_lone_interface_is_reached_like_any_other(asked, broken):
    alone = asked(
        lambda t: broken.interface(t, "eni-app-b", instance_id=None, host=Host(HostState.ABSENT)),
        destination="eni-app-b",
    )

    assert (True, "eni-app-b") == (alone.found, ids(alone.forward)[-1])


@pytest.mark.parametrize(
    ("wanted", "expected"), [(None, True), ((8000, 9000), True), ((22, 22), False)]
)
def test_of_ports_left_open_any_that_passes_will_do(asked, broken, wanted, expected):
    analysis = asked(
        lambda t: broken.group(t, "sg-b", ingress=(broken.allow("tcp", 8443, 8443),)),
        protocol=TCP,
        at_source=AtEnd(destination_ports=wanted),
    )

    assert expected == analysis.found
    if expected:
        assert 8443 == analysis.forward[0].outbound.destination_port


def test_an_acl_that_lets_no_ephemeral_ports_back_is_found(asked, broken):
    analysis = asked(
        lambda t: broken.group(t, "sg-b", ingress=(broken.allow("tcp", 22, 22),)),
        lambda t: broken.entries(
            t, "acl-b", broken.entry(90, "out", "deny", "tcp", ports=(1024, 65535))
        ),
        protocol=TCP,
        at_source=port(22),
    )

    assert (["SUBNET_ACL_RESTRICTION"], Direction.EGRESS) == (
        codes(analysis),
        analysis.explanations[0].direction,
    )


def test_what_keeps_a_rule_from_applying_is_named_if_it_is_one_thing(asked, broken):
    def field(rule):
        change = lambda t: broken.group(t, "sg-b", ingress=(rule,))  # noqa: E731  short and used once
        return asked(change, protocol=TCP, at_source=port(22)).explanations[0].packet_field

    assert "destination-port" == field(broken.allow("tcp", 80, 80))
    assert "source-address" == field(broken.allow("tcp", 22, 22, "10.9.0.0/16"))
    assert "protocol" == field(broken.allow("udp", 22, 22))


def test_a_path_may_end_or_begin_at_a_peering_connection(asked, broken):
    # What lies beyond it does not matter: not the routes there, and not the security groups.
    shut = (
        lambda t: broken.routes(t, "rtb-b"),
        lambda t: broken.group(t, "sg-b", ingress=(), egress=()),
    )
    there = asked(*shut, destination="pcx-ab")
    here = asked(*shut, source="pcx-ab", destination="i-app-a")

    assert (True, "pcx-ab", "pcx-ab") == (there.found, ids(there.forward)[-1], ids(there.back)[0])
    assert ["pcx-ab", "acl-a", "sg-a", "eni-app-a", "i-app-a"] == ids(here.forward)
    assert here.found
    assert ["ENI_SG_RULES_MISMATCH"] == codes(
        asked(source="pcx-ab", protocol=TCP, at_source=port(22))
    )


def test_a_path_that_passes_another_gateway_says_which_route_kept_it(asked):
    other = asked(
        lambda t: replace(
            t,
            peerings={
                **t.peerings,
                "pcx-2": replace(t.peerings["pcx-ab"], peering_id="pcx-2"),
            },
        ),
        destination="pcx-2",
        at_source=AtEnd(destination=ip_address("10.2.1.10")),
    )

    assert ["NO_ROUTE_TO_DESTINATION"] == codes(other)


def test_a_gateway_that_is_not_attached_is_no_end(asked):
    assert ["UNASSOCIATED_COMPONENT"] == codes(asked(destination="igw-nowhere"))
    assert ["NO_SOURCE_OR_DESTINATION"] == codes(asked(destination="eni-gone"))
    assert ["IGW_EXPECTS_PUBLIC_ADDRESS"] == codes(
        asked(destination="igw-a", at_source=AtEnd(destination=ip_address("10.9.9.9")))
    )


def test_a_filter_at_the_destination_is_about_packets_as_they_arrive(asked):
    analysis = asked(at_destination=AtEnd(source=ip_address("10.1.1.99")))

    assert ["FILTER_AT_DESTINATION_SOURCE_ADDRESS"] == codes(analysis)


def test_a_source_address_that_is_not_the_interfaces_is_checked(asked):
    analysis = asked(at_source=AtEnd(source=ip_address("10.1.1.99")))

    assert ["ENI_SOURCE_DEST_CHECK_RESTRICTION"] == codes(analysis)


def test_paths_can_be_asked_to_pass_components_or_keep_clear_of_them(asked):
    analysis = asked()

    assert filtered(analysis, ["pcx-ab"], ["igw-a"]).found
    assert ["COMPONENT_FILTER_RESTRICTION"] == codes(filtered(analysis, ["igw-a"], []))
    assert ["COMPONENT_FILTER_RESTRICTION_REMOVED_COMPONENT"] == codes(
        filtered(analysis, [], ["pcx-ab"])
    )


THROUGH_NAT = [
    *("i-private-a", "eni-private-a", "sg-a", "acl-a2", "rtb-a2", "acl-a1", "nat-a"),
    *("acl-a1", "rtb-a1", "igw-a"),
]
THROUGH_TRANSIT = [
    *("i-private-a", "eni-private-a", "sg-a", "acl-a2", "rtb-a2", "acl-a2"),
    *("att-a", "tgw-rtb-1", "att-b", "acl-b2", "rtb-b1", "acl-b1", "sg-b", "eni-app-b", "i-app-b"),
]


def test_a_way_out_passes_the_nat_gateway_and_the_internet_gateway_both_ways():
    analysis = through("i-private-a", "igw-a")

    assert analysis.found
    assert THROUGH_NAT == ids(analysis.forward)
    assert ("igw-a", "i-private-a") == (ids(analysis.back)[0], ids(analysis.back)[-1])
    nat, igw = (each for each in analysis.forward if each.component_id in ("nat-a", "igw-a"))
    assert ("10.1.2.10", "10.1.1.200") == (str(nat.inbound.source), str(nat.outbound.source))
    assert ("10.1.1.200", "54.0.0.200") == (str(igw.inbound.source), str(igw.outbound.source))


def test_a_way_in_from_the_internet_needs_a_public_address():
    public, private = through("igw-a", "i-public-a"), through("igw-a", "i-private-a")

    assert ["igw-a", "acl-a1", "sg-a", "eni-public-a", "i-public-a"] == ids(public.forward)
    assert "igw-a" == ids(public.back)[-1]
    igw = public.forward[0]
    assert ("54.0.0.10", "10.1.1.10") == (
        str(igw.inbound.destination),
        str(igw.outbound.destination),
    )
    assert ["IGW_PRIVATE_IP_ASSOCIATION_FOR_INGRESS"] == codes(private)


def test_a_transit_gateway_is_passed_by_attachment_table_and_attachment():
    analysis = through("i-private-a", "i-app-b")

    assert THROUGH_TRANSIT == ids(analysis.forward)
    [table] = [each for each in analysis.forward if each.component_id == "tgw-rtb-1"]
    assert ("att-b", "tgw-1") == (table.rule.attachment_id, table.transit_gateway_id)


@pytest.mark.parametrize("gateway", ["tgw-1", "att-b"])
def test_a_path_may_end_or_begin_at_a_transit_gateway(gateway):
    there, here = through("i-private-a", gateway), through(gateway, "i-private-a")

    assert (True, "att-b") == (there.found, ids(there.forward)[-1])
    assert (True, "i-private-a") == (here.found, ids(here.forward)[-1])
    assert ids(here.forward)[0] == "att-b"


def test_a_gateway_endpoint_takes_only_some_protocols():
    assert (True, "vpce-a") == (
        through("i-private-a", "vpce-a").found,
        ids(through("i-private-a", "vpce-a").forward)[-1],
    )
    assert ["VPCE_GATEWAY_PROTOCOL_RESTRICTION"] == codes(through("i-private-a", "vpce-a", 17))


def test_an_address_on_the_internet_can_be_asked_for_alone():
    somewhere = AtEnd(destination=ip_address("203.0.113.9"))

    assert through("i-private-a", "", at_source=somewhere).found


# What AWS would say of the ways through gateways that fail, by the names of their cases.
GATEWAY_CODES = {
    "the NAT gateway's subnet lets no answer in": ["SUBNET_ACL_RESTRICTION"],
    "the NAT gateway's subnet has no way to the internet": ["NO_ROUTE_TO_DESTINATION"],
    "a private NAT gateway whose subnet has a way to the internet": [
        "IGW_PUBLIC_IP_ASSOCIATION_FOR_EGRESS"
    ],
    "a NAT gateway that is still pending": ["BAD_STATE"],
    "a NAT gateway that was deleted": ["BAD_STATE_ROUTE", "BAD_STATE"],
    "a protocol that NAT gateways do not translate": ["PROTOCOL_RESTRICTION"],
    "a ping to the NAT gateway itself": ["NO_POSSIBLE_DESTINATION"],
    "a NAT gateway whose own subnet routes to it": ["NO_PATH"],
    "nobody known outside": ["IGW_PRIVATE_IP_ASSOCIATION_FOR_INGRESS"],
    "a scan of an address that nobody has": ["IGW_PRIVATE_IP_ASSOCIATION_FOR_INGRESS"],
    "a private address on the default route": ["IGW_DESTINATION_ADDRESS_NOT_IN_RFC1918_EGRESS"],
    "no public address of its own": ["IGW_PUBLIC_IP_ASSOCIATION_FOR_EGRESS"],
    "a datagram to a gateway endpoint": ["VPCE_GATEWAY_PROTOCOL_RESTRICTION"],
    "an address of S3 that nobody knows more of": ["UNKNOWN_DESTINATION"],
    "no attachment in the zone of the sender": ["TGW_ROUTE_AZ_RESTRICTION"],
    "the transit gateway has no route": ["TGW_RTB_NO_ROUTE_TO_TGW_ATTACHMENT"],
    "the transit gateway has a blackhole route": ["TGW_RTB_BAD_STATE_ROUTE"],
    "an attachment that is associated with no table": ["TGW_ATTACH_MISSING_TGW_RTB_ASSOCIATION"],
    "the far attachment is being deleted": ["BAD_STATE_ATTACHMENT"],
    "the own attachment was deleted": ["BAD_STATE_ATTACHMENT"],
    "from a transit gateway on over a peering connection": ["PCX_REQUIRES_ADDRESS_IN_VPC_CIDR"],
    "another VPC's gateway endpoint": ["GATEWAY_REJECTS_SPOOFED_TRAFFIC"],
    "a route to an interface that forwards nothing": ["ENI_SOURCE_DEST_CHECK_RESTRICTION"],
    "the answer leaves by a NAT gateway under another address": ["NGW_SOURCE_ADDRESS_REASSIGN"],
}


def test_an_answer_that_a_gateway_endpoint_does_not_carry_has_its_code_too():
    case = {"from": "52.216.0.9", "to": "54.0.0.11"}

    [why] = explanations(Blocker(gw.walked(case), gw.NETWORK))

    assert ("VPCE_GATEWAY_PROTOCOL_RESTRICTION", ("icmp", "tcp")) == (why.code, why.protocols)


@pytest.mark.parametrize("name", GATEWAY_CODES)
def test_what_a_gateway_does_not_take_has_its_code(name):
    [case] = [each for each in CASES_OF_GATEWAYS if each["case"] == name]
    blocker = Blocker(gw.walked(case), gw.changed(case))

    assert GATEWAY_CODES[name] == [each.code for each in explanations(blocker)]


def test_every_way_through_gateways_that_fails_has_a_code_of_its_own():
    without = [
        case["case"]
        for case in CASES_OF_GATEWAYS
        if not (found := gw.walked(case)).answered
        and [each.code for each in explanations(Blocker(found, gw.changed(case)))] == ["NO_PATH"]
    ]

    assert [each for each in without if "IPv6" not in each] == [
        "a NAT gateway whose own subnet routes to it",
        "a transit gateway that sends back what it gets",
    ]


# Whoever is asked for outside counts as there, so these two end where the analyzer does not.
BEYOND = {"nobody known outside", "an address of S3 that nobody knows more of"}


def test_through_gateways_too_there_is_a_path_exactly_if_the_walk_is_answered():
    odd = []
    for case in CASES_OF_GATEWAYS:
        found, topology = gw.walked(case), gw.changed(case)
        sender, packet = topology.interfaces.get(found.sender_id), found.packet
        if sender is None or packet.source.version == 6 or not _can_be_asked(packet):
            continue
        ports = (packet.source_port,) * 2, (packet.destination_port,) * 2
        at_source = AtEnd(packet.source, packet.destination, *ports)
        question = Question(sender.interface_id, "", packet.protocol, at_source)
        if analyze(topology, question).found is not found.answered:
            odd.append(case["case"])

    assert sorted(BEYOND) == sorted(odd)


def _can_be_asked(packet):
    return packet.protocol in (6, 17) or packet.is_echo_request
