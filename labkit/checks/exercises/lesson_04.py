"""Lesson 04, security groups: tracked replies, least privilege, and a source that is a group."""

from __future__ import annotations

from ipaddress import IPv4Network, ip_address
from typing import TYPE_CHECKING, Final

from labkit.checks.judges import judge
from labkit.checks.outcome import almost, done, not_attempted, not_yet
from labkit.checks.state import NetworkState
from labkit.errors import NameNotFound
from labkit.network.filtering import members
from labkit.network.hops import Leg, Station, Verdict
from labkit.network.packet import ECHO_REPLY, Direction, Packet, Protocol, echo_request
from labkit.steps.plan import A, B

if TYPE_CHECKING:
    from collections.abc import Iterable

    from labkit.checks.outcome import Outcome
    from labkit.lab import CloudLab
    from labkit.network.topology import (
        Interface,
        SecurityGroup,
        SecurityGroupRule,
        Topology,
    )

_RULE: Final = "an inbound rule"
_OUTBOUND: Final = "the outbound rule"
_TRACKED: Final = "the tracked flow"
_ACL: Final = "the network ACL"


@judge("04-what-let-it-in", let_in_by=str)
def what_let_it_in(lab: CloudLab, let_in_by: str) -> Outcome:
    state = NetworkState.of(lab)
    walked = state.ping(A.instance, B.instance)
    if not walked.answered:
        return not_yet(
            observed=f"no reply comes in any more. {state.explain(walked)}",
            expected=f"{A.instance} hears an answer from {B.instance}, as in the trace above.",
            look='`lab.build("routes")`, which repairs the road. Then run this check again.',
        )
    inward = [
        hop
        for hop in walked.hops
        if (hop.leg, hop.station, hop.direction)
        == (Leg.REPLY, Station.SECURITY_GROUP, Direction.INGRESS)
    ]
    if let_in_by == _TRACKED and inward[-1].verdict is Verdict.TRACKED:
        return done("the last filter on the way back let the reply pass as part of a tracked flow")
    return not_yet(
        observed=f"you say {let_in_by!r}. {_objection(state, let_in_by)}",
        expected=f"one of {_RULE!r}, {_OUTBOUND!r}, {_TRACKED!r} and {_ACL!r}.",
        look=f"the verdict in the last reply row at the security group of {A.instance}.",
    )


def _objection(state: NetworkState, said: str) -> str:
    """What speaks against an answer."""
    if said == _RULE:
        group_id = state.topology.find_interface(A.instance).group_ids[0]
        rules = len(state.topology.security_group(group_id).ingress)
        return f"But the group of {A.instance} has {rules} inbound rules."
    if said == _OUTBOUND:
        return "It let the request out. About what comes in, an outbound rule says nothing."
    if said == _ACL:
        return "It let the reply into the subnet. Behind it stands one more filter."
    return "That is none of the four."


# What an exercise wants in, and out: who sends, and what.
_ANYONE: Final = ("10.3.0.10", "10.2.1.77", "198.51.100.1")
_WIDE_OPEN: Final = "wide-open"
_GUESTS: Final = "guests"
_SSH: Final = 22
_NEIGHBOUR: Final = "10.1.1.77"
_PROTECTED: Final = "app-c"


@judge("04-least-privilege")
def least_privilege(lab: CloudLab) -> Outcome:
    topology = NetworkState.of(lab).topology
    interface = topology.find_interface(B.instance)
    worn = [topology.security_group(group_id) for group_id in interface.group_ids]
    if [group.name for group in worn] != [_WIDE_OPEN]:
        return not_yet(
            observed=f"{B.instance} is in {', '.join(group.name for group in worn)}.",
            expected=f"{B.instance} in {_WIDE_OPEN} and in no other group: it is the rules of "
            "this group that have to change, because others may wear it as well.",
            look="the cell that makes the group. Its last line puts it on.",
        )
    rules = worn[0].ingress
    open_to_all = [rule for rule in rules if rule.protocol is None and _is_everywhere(rule)]
    if open_to_all and len(rules) == 1:
        return not_attempted(
            "Take the rule away that lets everything in, put a narrow one in its place, and run "
            "the cell."
        )
    if open_to_all:
        return not_yet(
            observed=f"{_WIDE_OPEN} has {len(rules)} rules, and one still lets everything in.",
            expected="nothing but pings from vpc-a get in.",
            look="`revoke_security_group_ingress`. Rules only permit, so one more never narrows.",
        )
    return _judge_guests_of_b(topology, interface, rules)


def _is_everywhere(rule: SecurityGroupRule) -> bool:
    return rule.cidr == IPv4Network("0.0.0.0/0")


def _judge_guests_of_b(
    topology: Topology, interface: Interface, rules: Iterable[SecurityGroupRule]
) -> Outcome:
    if not _ping_gets_in(topology, interface, A.instance_address):
        return not_yet(
            observed=f"a ping from {A.instance_address} does not get in. {_why_not(rules)}",
            expected="pings from everywhere in vpc-a get in.",
            look="protocol, type and source of the rule, one after the other.",
        )
    if not _ping_gets_in(topology, interface, "10.1.200.7"):
        return almost(
            holds=f"a ping of {A.instance} gets in.",
            fails="a ping from 10.1.200.7 does not, and that is in vpc-a, too.",
            look=f"the source of the rule: the range of the whole VPC, {A.vpc}.",
        )
    strangers = [each for each in _ANYONE if _ping_gets_in(topology, interface, each)]
    if strangers:
        return almost(
            holds="pings from vpc-a get in.",
            fails=f"a ping from {strangers[0]} gets in as well, and that is not in vpc-a.",
            look="the source of the rule. It is wider than the range of vpc-a.",
        )
    if _connection_gets_in(topology, interface, A.instance_address):
        return almost(
            holds="pings from vpc-a get in, and no pings from elsewhere.",
            fails=f"a TCP connection to port {_SSH} gets in as well.",
            look="the protocol of the rule. -1 means all of them.",
        )
    return done(
        "pings from anywhere in vpc-a get in",
        f"pings from {', '.join(_ANYONE)} stay out",
        f"TCP to port {_SSH} stays out",
    )


def _why_not(rules: Iterable[SecurityGroupRule]) -> str:
    """What is wrong with rules that let no ping in from the other side."""
    listed = list(rules)
    if not listed:
        return "The group has no inbound rule at all."
    if not any(rule.protocol in (None, Protocol.ICMP) for rule in listed):
        return "No rule is for ICMP, and a ping has no port that a TCP rule could open."
    if all(rule.from_port == ECHO_REPLY[Protocol.ICMP] for rule in listed):
        return "The rule is for type 0, the reply. What arrives here is the request."
    if any(rule.cidr is not None and rule.cidr == IPv4Network(B.vpc_cidr) for rule in listed):
        return (
            f"The rule names {B.vpc_cidr}, where {B.instance} itself lives. The source of a rule "
            "is where packets come from."
        )
    return "No rule matches it."


def _ping_gets_in(topology: Topology, interface: Interface, source: str) -> bool:
    packet = echo_request(ip_address(source), interface.addresses[0])
    return NetworkState(topology).lets_in(interface.interface_id, packet)


def _connection_gets_in(topology: Topology, interface: Interface, source: str) -> bool:
    packet = Packet(ip_address(source), interface.addresses[0], Protocol.TCP, destination_port=_SSH)
    return NetworkState(topology).lets_in(interface.interface_id, packet)


@judge("04-by-reference")
def by_reference(lab: CloudLab) -> Outcome:
    topology = NetworkState.of(lab).topology
    interface = topology.find_interface(_PROTECTED)
    group = _group(topology, _GUESTS)
    if group.group_id not in interface.group_ids:
        return not_yet(
            observed=f"{_PROTECTED} is not in {_GUESTS} any more.",
            expected=f"{_PROTECTED} in {_GUESTS}, with one rule more.",
            look="`modify_instance_attribute`, near the beginning of this lesson.",
        )
    if all(_is_from(rule, B.vpc_cidr) for rule in group.ingress):
        return not_attempted(
            "Add one rule to the group, with `UserIdGroupPairs` in place of `IpRanges`, and run "
            "the cell."
        )
    return _judge_neighbour(topology, interface, group)


def _group(topology: Topology, name: str) -> SecurityGroup:
    found = {each.name: each for each in topology.security_groups.values()}
    if name not in found:
        raise NameNotFound("security group", name, found)
    return found[name]


def _is_from(rule: SecurityGroupRule, block: str) -> bool:
    return isinstance(rule.cidr, IPv4Network) and rule.cidr.subnet_of(IPv4Network(block))


def _judge_neighbour(topology: Topology, interface: Interface, group: SecurityGroup) -> Outcome:
    sender = str(topology.find_interface(A.instance).addresses[0])
    if _ping_gets_in(topology, interface, _NEIGHBOUR):
        return not_yet(
            observed=f"a ping from {_NEIGHBOUR} gets in, and nobody invited that address.",
            expected=f"of the neighbours, {A.instance} gets in, and no other.",
            look="the source of the new rule: a group, not a range.",
        )
    if not _ping_gets_in(topology, interface, sender):
        return not_yet(
            observed=f"a ping from {A.instance} does not get in. {_who_is_named(topology, group)}",
            expected=f"the members of the group of {A.instance} get in.",
            look=f"`GroupId` in the new rule: the group that {A.instance} is in.",
        )
    return _judge_reference(topology, interface, group, sender)


def _who_is_named(topology: Topology, group: SecurityGroup) -> str:
    for rule in group.ingress:
        if rule.group_id is None:
            continue
        name = topology.security_group(rule.group_id).name
        count = len(members(topology, rule.group_id, group.vpc_id))
        listed = f"{count} member{'' if count == 1 else 's'}"
        return f"The rule names the group {name}, which has {listed}. {A.instance} is none."
    return "No rule names a group."


def _judge_reference(
    topology: Topology, interface: Interface, group: SecurityGroup, sender: str
) -> Outcome:
    if not any(rule.group_id for rule in group.ingress):
        return almost(
            holds=f"{A.instance} gets in, and {_NEIGHBOUR} stays out.",
            fails=f"the rule names the address {sender}. The next {A.instance} may get another.",
            look="`UserIdGroupPairs`, which takes the id of a group.",
        )
    if _connection_gets_in(topology, interface, sender):
        return almost(
            holds=f"the rule names the group of {A.instance}, and {_NEIGHBOUR} stays out.",
            fails=f"{A.instance} may do more than ping: TCP to port {_SSH} gets in.",
            look="`IpProtocol` of the new rule.",
        )
    if not _ping_gets_in(topology, interface, B.instance_address):
        return almost(
            holds=f"{A.instance} gets in by its group, and {_NEIGHBOUR} stays out.",
            fails=f"{B.instance} does not get in any more.",
            look="what you took away. Add the new rule, and leave the others alone.",
        )
    return done(
        f"{A.instance} gets in, because of the group it is in",
        f"{_NEIGHBOUR}, in the same subnet, stays out",
        f"{B.instance} still gets in",
        f"TCP to port {_SSH} stays out",
    )
