"""Security groups that do not let the ping pass."""

from __future__ import annotations

from dataclasses import replace
from ipaddress import ip_network
from typing import TYPE_CHECKING

from labkit.faults.fault import Breaks, fault
from labkit.faults.parts import Change, GroupRule, GroupsOf
from labkit.network.packet import Direction
from labkit.network.topology import SecurityGroupRule

if TYPE_CHECKING:
    from collections.abc import Iterator

    from labkit.faults.way import Way

_IN, _OUT = Direction.INGRESS, Direction.EGRESS
_TCP = 6
_SSH = 22


@fault(Breaks.PING)
def icmp_rule_missing(way: Way) -> Iterator[Change]:
    """
    The receiver's security group has no rule that lets pings in.

    **Symptom** The ping gets no answer; all packets are lost.

    **Evidence** One REJECT, at the receiver's interface, for the request. The sender's interface
    records the request going out as ACCEPT. There is no reply.

    **Cause** A security group lets in what its rules allow, and nothing else.

    **Repair** Add an inbound rule for ICMP from the sender's range.
    """
    yield from _without_rules_in(way)


@fault(Breaks.PING)
def icmp_rule_for_replies_only(way: Way) -> Iterator[Change]:
    """
    The receiver's security group lets echo replies in, and no requests.

    **Symptom** The ping gets no answer, although there is a rule for ICMP.

    **Evidence** One REJECT, at the receiver's interface, for the request. Flow records do not
    show ICMP types, so the rule itself has to be looked at.

    **Cause** For ICMP, FromPort is the type and ToPort the code. From 0 to 0 reads like "all
    ports" and means echo replies. A ping begins with a request, type 8.

    **Repair** Allow type 8, or all types (-1), from the sender's range.
    """
    yield from _in_place_of_rules_in(way, from_port=0, to_port=0)


@fault(Breaks.PING)
def icmp_rule_from_wrong_range(way: Way) -> Iterator[Change]:
    """
    The receiver's security group lets pings in from its own VPC only.

    **Symptom** The ping gets no answer, while one from inside the VPC would.

    **Evidence** One REJECT, at the receiver's interface, for the request.

    **Cause** The source of the rule is the receiver's own range. The sender's address is not in
    it.

    **Repair** Add a rule whose source holds the sender's address.
    """
    own = next(cidr for cidr in way.receiver.vpc.cidrs if cidr.version == 4)
    yield from _in_place_of_rules_in(way, cidr=own, group_id=None, prefix_list_id=None)


@fault(Breaks.PING)
def icmp_rule_became_ssh(way: Way) -> Iterator[Change]:
    """
    The receiver's security group lets SSH in, and somebody tests with ping.

    **Symptom** The ping gets no answer, while a connection to port 22 is let in.

    **Evidence** A REJECT at the receiver's interface for protocol 1, while records of protocol 6
    say ACCEPT.

    **Cause** A rule for TCP says nothing about ICMP.

    **Repair** Add an inbound rule for ICMP from the sender's range.
    """
    yield from _in_place_of_rules_in(way, protocol=_TCP, from_port=_SSH, to_port=_SSH)


@fault(Breaks.PING)
def icmp_rule_names_own_group(way: Way) -> Iterator[Change]:
    """
    The receiver's security group lets in its own members, and the sender is none.

    **Symptom** The ping gets no answer, although the rule allows all traffic.

    **Evidence** One REJECT, at the receiver's interface, for the request.

    **Cause** A rule whose source is a group lets in the interfaces that are in that group. This
    one names itself; the sender is in a group of its own.

    **Repair** Name the sender's group, or its range, as the source.
    """
    group = way.rules_in()[0][0]
    yield from _without_rules_in(way)
    own = SecurityGroupRule(None, group_id=group.group_id)
    yield Change(GroupRule.of(group.group_id, _IN, own), after=True)


@fault(Breaks.PING)
def outbound_rule_missing(way: Way) -> Iterator[Change]:
    """
    The sender's security group lets nothing out.

    **Symptom** The ping gets no answer; all packets are lost.

    **Evidence** One REJECT, at the sender's own interface, for the request going out. The
    receiver's interface records nothing.

    **Cause** A new security group has a rule that lets everything out. Somebody took it away.

    **Repair** Add an outbound rule for ICMP to the receiver's range.
    """
    for group, rule in way.rules_out():
        yield Change(GroupRule.of(group.group_id, _OUT, rule), after=False)


@fault(Breaks.PING)
def default_group_only(way: Way) -> Iterator[Change]:
    """
    The receiver is in the default security group of its VPC, and in no other.

    **Symptom** The ping gets no answer, although the right security group is there.

    **Evidence** One REJECT, at the receiver's interface, for the request.

    **Cause** An instance that was launched without naming a group is in the default one. That
    lets in its own members only.

    **Repair** Put the instance into the group with the rule.
    """
    way.rules_in()
    default = way.receiver.default_group()
    yield Change(GroupsOf(way.receiver.interface.interface_id), [default.group_id])


def _without_rules_in(way: Way) -> Iterator[Change]:
    for group, rule in way.rules_in():
        yield Change(GroupRule.of(group.group_id, _IN, rule), after=False)


def _in_place_of_rules_in(way: Way, **differs: object) -> Iterator[Change]:
    """The first rule that lets the ping in, bent; the others gone."""
    group, rule = way.rules_in()[0]
    if rule.protocol is None:
        rule = replace(rule, protocol=1)
    if rule.group_id or rule.prefix_list_id:
        sender = ip_network(way.sender.address)
        rule = replace(rule, cidr=sender, group_id=None, prefix_list_id=None)
    yield from _without_rules_in(way)
    bent = replace(rule, **differs)  # type: ignore[arg-type]  # names and values stand above
    yield Change(GroupRule.of(group.group_id, _IN, bent), after=True)
