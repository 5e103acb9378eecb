"""Lesson 13, break it: filters. As little as ping needs, the rule that wins, and group or ACL."""

from __future__ import annotations

from dataclasses import replace
from ipaddress import ip_address
from typing import TYPE_CHECKING, Final

import pandas as pd

from labkit.checks.judges import judge
from labkit.checks.outcome import almost, done, not_attempted, not_yet
from labkit.checks.staging import scene, staged_at
from labkit.checks.state import NetworkState
from labkit.network.filtering import network_acl_verdict
from labkit.network.packet import Direction, Packet, Protocol, echo_request
from labkit.network.walk import Station
from labkit.steps.plan import A, B
from labkit.steps.security_groups import allow_icmp_from

if TYPE_CHECKING:
    from labkit.checks.outcome import Outcome
    from labkit.lab import CloudLab
    from labkit.network.topology import NetworkAcl, SecurityGroup

# Addresses outside vpc-a: one of a network that is not here yet, one of the internet.
_NEIGHBOUR: Final = ip_address("10.3.1.10")
_STRANGER: Final = ip_address("192.0.2.9")
_A: Final = ip_address(A.instance_address)
_B: Final = ip_address(B.instance_address)
_TIMESTAMP_REQUEST: Final = 13
_LAST_OF_OURS: Final = 100


def _group(state: NetworkState) -> SecurityGroup:
    groups = state.topology.security_groups.values()
    return next(group for group in groups if group.name == B.security_group)


@judge("13-echo-request")
def echo_request_only(lab: CloudLab) -> Outcome:
    state = NetworkState.of(lab)
    request = echo_request(_A, _B)
    rules = [(rule.from_port, rule.to_port, str(rule.cidr)) for rule in _group(state).ingress]
    if rules == [(0, -1, A.vpc_cidr)]:
        return not_attempted(
            "Authorize one rule for the right type in allow-icmp-b, and revoke the useless one."
        )
    if not state.lets_in(B.instance, request):
        return not_yet(
            observed=f"{B.security_group} refuses an echo request from {A.instance}.",
            expected=f"{B.instance} accepting an echo request (type 8) from {A.vpc_cidr}.",
            look=_why_refused(_group(state)),
        )
    return _no_more_than_that(state, request)


def _why_refused(group: SecurityGroup) -> str:
    if not group.ingress:
        return "whether there is a rule left at all. Ping needs one."
    asking = [rule for rule in group.ingress if rule.from_port in (8, -1)]
    if any(rule.to_port not in (0, -1) for rule in asking):
        return "`ToPort`: for ICMP it is the code, and no second type. -1 means all codes."
    if asking:
        return f"the source of the rule. Is {A.instance_address} inside it?"
    return "`FromPort`: the type of the message that comes *in*. Which of the two knocks?"


def _no_more_than_that(state: NetworkState, request: Packet) -> Outcome:
    works = f"{A.instance} can ping {B.instance}."
    for source in (_NEIGHBOUR, _STRANGER):
        if state.lets_in(B.instance, replace(request, source=source)):
            return almost(
                holds=works,
                fails=f"{source} can, too. It is not in {A.vpc}.",
                look="`CidrIp`: how much of the world does it name?",
            )
    if state.lets_in(B.instance, Packet(_A, _B, Protocol.TCP, 49152, 22)):
        return almost(
            holds=works,
            fails=f"{A.vpc} can open TCP connections to {B.instance}, too.",
            look='`IpProtocol`: "-1" is every protocol.',
        )
    others = [kind for kind in (0, _TIMESTAMP_REQUEST) if state.lets_in(B.instance, _icmp(kind))]
    if others:
        return almost(
            holds=works,
            fails=f"ICMP type {others[0]} may come in as well. Nobody asked for it.",
            look="the rules of allow-icmp-b, one by one. Which one does ping not need?",
        )
    return done(
        f"{A.instance} can ping {B.instance}",
        f"{_NEIGHBOUR} and {_STRANGER} cannot",
        "no other ICMP type and no TCP gets in",
    )


def _icmp(kind: int) -> Packet:
    return replace(echo_request(_A, _B), icmp_type=kind, icmp_code=0)


def _acl_lets_in(state: NetworkState, packet: Packet) -> bool:
    entry = network_acl_verdict(state.network_acl_of(B.subnet), packet, Direction.INGRESS)
    return entry is not None and entry.allow


@judge("13-rule-order")
def rule_order(lab: CloudLab) -> Outcome:
    state = NetworkState.of(lab)
    request = echo_request(_A, _B)
    acl = state.network_acl_of(B.subnet)
    inbound = {entry.number: entry for entry in acl.entries if not entry.egress}
    others = _acl_lets_in(state, replace(request, source=_NEIGHBOUR))
    ours = _acl_lets_in(state, request)
    if not ours and {90, 95} <= inbound.keys() and len(inbound) == 4:
        return _order_untouched(state)
    if not ours:
        decided = network_acl_verdict(state.network_acl_of(B.subnet), request, Direction.INGRESS)
        number = decided.number if decided else "*"
        return not_yet(
            observed=f"rule {number} decides about an echo request from {A.instance}: deny.",
            expected=f"the first rule that matches it to be one that allows {A.vpc_cidr}.",
            look="the numbers. Rules are tried from the lowest up, and the first match decides.",
        )
    if others:
        return almost(
            holds=f"{A.instance} may ping into {B.subnet} again.",
            fails=f"{_NEIGHBOUR} may, too. The security team wanted all of 10.0.0.0/8 kept out.",
            look="the deny rule for 10.0.0.0/8, and how wide your allow rule is.",
        )
    return done(
        f"the ACL lets an echo request from {A.vpc_cidr} into {B.subnet}",
        f"it keeps one from {_NEIGHBOUR} out",
    )


def _order_untouched(state: NetworkState) -> Outcome:
    outbound = {entry.number for entry in state.network_acl_of(B.subnet).entries if entry.egress}
    if len(outbound) > 2:
        return not_yet(
            observed=f"the new rule is for packets that leave {B.subnet}.",
            expected="a rule for packets that come in.",
            look="`Egress`: False is the way in.",
        )
    return not_attempted("Create one ACL entry, with a number that gets it asked in time.")


@scene("13-group-or-acl")
def one_filter_changes(lab: CloudLab) -> None:
    """Group or ACL, by a digit of the subnet's id: not every account gets the same mystery."""
    state = NetworkState.of(lab)
    subnet_id = state.subnet(B.subnet).subnet_id
    acl_id = state.network_acl_of(B.subnet).network_acl_id
    _clear_acl(lab, state.network_acl_of(B.subnet))
    if int(subnet_id[-1], 16) % 2:
        lab.ec2.create_network_acl_entry(
            NetworkAclId=acl_id, RuleNumber=80, Egress=False, Protocol="1", RuleAction="deny",
            CidrBlock=A.vpc_cidr, IcmpTypeCode={"Type": -1, "Code": -1},
        )  # fmt: skip
        _only_rule(lab, _group(state).group_id, keep=True)
    else:
        _only_rule(lab, _group(state).group_id, keep=False)


def _clear_acl(lab: CloudLab, acl: NetworkAcl) -> None:
    for entry in acl.entries:
        if entry.number < _LAST_OF_OURS:
            lab.ec2.delete_network_acl_entry(
                NetworkAclId=acl.network_acl_id, RuleNumber=entry.number, Egress=entry.egress
            )


def _only_rule(lab: CloudLab, group_id: str, *, keep: bool) -> None:
    [group] = lab.ec2.describe_security_groups(GroupIds=[group_id])["SecurityGroups"]
    if group["IpPermissions"]:
        lab.ec2.revoke_security_group_ingress(
            GroupId=group_id, IpPermissions=group["IpPermissions"]
        )
    if keep:
        lab.ec2.authorize_security_group_ingress(
            GroupId=group_id, IpPermissions=allow_icmp_from(A.vpc_cidr)
        )


_FILTERS: Final = {Station.SECURITY_GROUP: "security group", Station.NETWORK_ACL: "network ACL"}
_SHORT_FOR: Final = dict.fromkeys(("security group", "group", "sg"), "security group") | (
    dict.fromkeys(("network acl", "acl", "nacl"), "network ACL")
)


@judge("13-group-or-acl", verdict=str)
def group_or_acl(lab: CloudLab, verdict: str) -> Outcome:
    state = NetworkState.of(lab)
    there = state.ping(A.instance, B.instance)
    filter_ = _FILTERS.get(there.hops[-1].station)
    if there.answered or filter_ is None:
        return not_yet(
            observed="no filter keeps the ping out at the moment.",
            expected="the mystery as it was staged. Name the culprit first, repair it afterwards.",
            look='stage("13-group-or-acl", lab), which starts it afresh.',
        )
    said = _SHORT_FOR.get(" ".join(verdict.replace("-", " ").split()).casefold())
    if said is None:
        return not_yet(
            observed=f"your verdict is {verdict!r}.",
            expected='"security group" or "network ACL".',
            look="the line that sets `verdict`.",
        )
    return _judge_verdict(lab, said, filter_)


def _judge_verdict(lab: CloudLab, said: str, filter_: str) -> Outcome:
    entered = _reply_records(lab)
    if said != filter_:
        return not_yet(
            observed=f"your verdict is {said}. " + _what_the_reply_tells(entered),
            expected="a verdict that the records of a ping from app-b to app-a bear out.",
            look="what happens to the *reply* when it comes in at app-b. A group remembers the "
            "request it belongs to. An ACL does not.",
        )
    if not entered:
        return almost(
            holds="that is the one.",
            fails="the log has no ping from app-b to app-a since the change, so no record tells "
            "the two apart. It may be a lucky guess.",
            look='test("app-b", "app-a"), then run this check again.',
        )
    return done(
        f"the {filter_} in front of app-b is what stops the ping",
        f"the reply to a ping from app-b came in as {entered[-1]}, which only that explains",
    )


def _what_the_reply_tells(entered: list[str]) -> str:
    if not entered:
        return "The log has no ping from app-b to app-a since the change."
    return f"The reply to a ping from app-b came in at app-b as {entered[-1]}."


def _reply_records(lab: CloudLab) -> list[str]:
    """
    What app-b's interface said of packets from app-a in minutes when app-b was pinging it.

    ICMP records hold no type, so a reply is known by the request beside it.
    """
    since = pd.Timestamp(staged_at("13-group-or-acl") or 0, unit="s", tz="UTC").floor("s")
    records = lab.flow_records()
    [interface] = [
        each.interface_id for each in lab.topology().interfaces.values() if _B in each.addresses
    ]
    own = records[(records["interface-id"] == interface) & (records["start"] >= since)]
    asked = own[(own["srcaddr"] == str(_B)) & (own["dstaddr"] == str(_A))]
    came = own[(own["srcaddr"] == str(_A)) & own["start"].isin(asked["start"])]
    return [str(action) for action in came["action"]]
