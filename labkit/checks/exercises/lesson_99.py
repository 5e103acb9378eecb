"""Lesson 99, clean up: one more case, the order of removal, and nothing left."""

from __future__ import annotations

from dataclasses import replace
from ipaddress import IPv4Network, ip_address
from typing import TYPE_CHECKING, Final

from labkit.checks.judges import judge
from labkit.checks.outcome import almost, done, not_attempted, not_yet
from labkit.checks.staging import scene
from labkit.checks.state import NetworkState
from labkit.network.packet import Packet, Protocol, echo_request
from labkit.steps import routes, security_groups
from labkit.steps.plan import SIDES, A, B, other
from labkit.steps.teardown import remaining

if TYPE_CHECKING:
    from labkit.checks.outcome import Outcome
    from labkit.lab import CloudLab
    from labkit.network.topology import Topology
    from labkit.steps.plan import Side

_STRANGER: Final = ip_address("192.0.2.9")
_OWN_RULES_BELOW: Final = 100
_staged: Final[dict[str, Topology]] = {}


@scene("99-last-case")
def last_case(lab: CloudLab) -> None:
    """One of three faults, by a digit of the subnet's id."""
    security_groups.build(lab)
    routes.build(lab)
    _clear_acl(lab, A)
    digit = int(lab.require("subnet", B.subnet, step="subnets")[-1], 16) % 3
    if digit == 0:
        lab.ec2.delete_route(
            RouteTableId=lab.require("route-table", B.route_table, step="routes"),
            DestinationCidrBlock=A.vpc_cidr,
        )
    elif digit == 1:
        _deny_replies(lab)
    else:
        lab.ec2.revoke_security_group_ingress(
            GroupId=lab.require("security-group", B.security_group, step="security_groups"),
            IpPermissions=security_groups.allow_icmp_from(A.vpc_cidr),
        )
    _staged[lab.name] = lab.topology()


def _acl_id(lab: CloudLab, side: Side) -> str:
    return NetworkState.of(lab).network_acl_of(side.subnet).network_acl_id


def _clear_acl(lab: CloudLab, side: Side) -> None:
    acl_id = _acl_id(lab, side)
    [acl] = lab.ec2.describe_network_acls(NetworkAclIds=[acl_id])["NetworkAcls"]
    for entry in acl["Entries"]:
        if entry["RuleNumber"] < _OWN_RULES_BELOW:
            lab.ec2.delete_network_acl_entry(
                NetworkAclId=acl_id, RuleNumber=entry["RuleNumber"], Egress=entry["Egress"]
            )


def _deny_replies(lab: CloudLab) -> None:
    lab.ec2.create_network_acl_entry(
        NetworkAclId=_acl_id(lab, A),
        RuleNumber=40,
        Egress=False,
        Protocol="1",
        RuleAction="deny",
        CidrBlock=B.vpc_cidr,
        IcmpTypeCode={"Type": 0, "Code": -1},
    )


@judge("99-last-case")
def repaired(lab: CloudLab) -> Outcome:
    state = NetworkState.of(lab)
    there, back = state.ping(A.instance, B.instance), state.ping(B.instance, A.instance)
    if not there.answered and state.topology == _staged.get(lab.name):
        return not_attempted("Make the one call that repairs what your evidence points at.")
    for walked, (near, far) in ((there, (A, B)), (back, (B, A))):
        if not walked.answered:
            return not_yet(
                observed=f"{near.instance} to {far.instance}: {state.explain(walked)}",
                expected="an answer in both directions.",
                look="the interface that wrote REJECT, or the first record that is missing.",
            )
    return _too_much(state) or done(
        "pings are answered in both directions",
        "no group lets in strangers or TCP",
        "each side sends nothing but the other side into the peering connection",
        "no rule has been added to an ACL",
    )


def _too_much(state: NetworkState) -> Outcome | None:
    """What a repair opened beyond the need."""
    works = "pings are answered in both directions."
    for side in SIDES:
        own = ip_address(side.instance_address)
        request = echo_request(ip_address(other(side).instance_address), own)
        if state.lets_in(side.instance, replace(request, source=_STRANGER)):
            return almost(
                holds=works,
                fails=f"{_STRANGER} may ping {side.instance}, too.",
                look=f"the sources in the rules of {side.security_group}.",
            )
        if state.lets_in(side.instance, Packet(request.source, own, Protocol.TCP, 49152, 22)):
            return almost(
                holds=works,
                fails=f"{other(side).vpc} can open TCP connections to {side.instance}, too.",
                look=f"the protocols in the rules of {side.security_group}.",
            )
        if state.peered_ranges(side.subnet) != [IPv4Network(other(side).vpc_cidr)]:
            return almost(
                holds=works,
                fails=f"{side.route_table} sends other ranges into the peering connection than "
                f"that of {other(side).vpc}.",
                look=f"the rows of {side.route_table}.",
            )
        acl = state.network_acl_of(side.subnet)
        added = sorted({each.number for each in acl.entries if each.number < _OWN_RULES_BELOW})
        if added:
            return almost(
                holds=works,
                fails=f"the ACL of {side.subnet} has rules that it had not before: "
                f"{', '.join(map(str, added))}.",
                look="the rule that said no: it should be gone, not overtaken by another.",
            )
    return None


# What AWS refuses to delete while the other exists. A peering connection goes with its VPC, and a
# flow log outlives it.
_FIRST: Final = (
    ("instance", "subnet", "an interface of the instance is in the subnet"),
    ("instance", "security group", "an interface of the instance has the group"),
    ("subnet", "route table", "the subnet is associated with the table"),
    ("subnet", "vpc", "the subnet is in the VPC"),
    ("route table", "vpc", "the table is in the VPC"),
    ("security group", "vpc", "the group is in the VPC"),
)
_PARTS: Final = (
    "vpc", "subnet", "instance", "security group", "route table", "peering", "flow log",
)  # fmt: skip


@judge("99-order", order=list)
def order(_: CloudLab, order: list[object]) -> Outcome:
    words = [" ".join(str(each).casefold().split()) for each in order]
    if sorted(words) != sorted(_PARTS):
        missing = [each for each in _PARTS if each not in words]
        return not_yet(
            observed=f"{len(words)} entries"
            + (f", and {missing[0]!r} is not among them." if missing else "."),
            expected=f"each of the {len(_PARTS)} kinds, once.",
            look="the comment in the cell: copy the names from there.",
        )
    blocked = [each for each in _FIRST if words.index(each[0]) > words.index(each[1])]
    if blocked:
        first, then, why = blocked[0]
        reply = f"{then} comes before {first}. AWS answers DependencyViolation, because {why}."
        if len(blocked) == 1:
            return almost(holds="all but one can be deleted in turn.", fails=reply, look=why + ".")
        return not_yet(
            observed=reply,
            expected="an order in which nothing hangs on a thing any more when its turn comes.",
            look="the order of building, backwards.",
        )
    return done("nothing is deleted while something else still hangs on it")


@judge("99-nothing-left", i_have_looked=bool)
def nothing_left(lab: CloudLab, i_have_looked: bool) -> Outcome:  # noqa: FBT001  a learner's answer
    left = {kind: number for kind, number in remaining(lab).items() if number}
    if left:
        shown = ", ".join(f"{number} {kind}" for kind, number in left.items())
        return not_yet(
            observed=f"{shown} still carry the tag of this lab.",
            expected="nothing with the tag, so nothing that costs money.",
            look="lab.teardown(). It can be run again.",
        )
    if not i_have_looked:
        return almost(
            holds="nothing of the lab is left.",
            fails="you have not looked yourself.",
            look="the cell that asks AWS. Trust, and verify.",
        )
    return done("no resource of any kind carries the tag of this lab")
