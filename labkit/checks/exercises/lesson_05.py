"""Lesson 05, peering: why one fails, how one becomes active, and that there is no way through."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from labkit.checks.judges import judge
from labkit.checks.outcome import almost, done, not_attempted, not_yet
from labkit.checks.state import NetworkState
from labkit.errors import NameNotFound
from labkit.network.topology import TargetKind
from labkit.steps.plan import A, B

if TYPE_CHECKING:
    from labkit.checks.outcome import Outcome
    from labkit.lab import CloudLab
    from labkit.network.topology import Peering, Route, Topology, Vpc

_PARTNER: Final = "vpc-c"
_IN_PARTNER: Final = "10.3.1.10"
_WRONG_ID: Final = "incorrect VPC-ID"
_WRONG_ACCOUNT: Final = "incorrect account"
_OVERLAP: Final = "overlapping range"


def _vpc(topology: Topology, name: str) -> Vpc:
    found = {each.name: each for each in topology.vpcs.values()}
    if name not in found:
        raise NameNotFound("VPC", name, found)
    return found[name]


def _between(topology: Topology, one: Vpc, other: Vpc) -> list[Peering]:
    """The peering connections of two VPCs, whatever their state, the best one first."""
    found = [
        each
        for each in topology.peerings.values()
        if each.other_side(one.vpc_id) == other.vpc_id
        and each.status not in ("deleted", "rejected", "expired")
    ]
    order = ("active", "provisioning", "pending-acceptance", "initiating-request", "failed")
    return sorted(found, key=lambda each: (order.index(each.status), each.peering_id))


@judge("05-why-failed", range_of_b=str, range_of_c=str, cause=str)
def why_failed(lab: CloudLab, range_of_b: str, range_of_c: str, cause: str) -> Outcome:
    topology = NetworkState.of(lab).topology
    near, far = _vpc(topology, B.vpc), _vpc(topology, _PARTNER)
    if not any(each.status == "failed" for each in _between(topology, near, far)):
        return not_yet(
            observed=f"between {B.vpc} and this {_PARTNER} there is no failed connection.",
            expected="the lab as it was before the VPC got a new range.",
            look="nothing: if you answered before, that answer counted. To see it again, restart "
            "the kernel.",
        )
    for vpc, said in ((near, range_of_b), (far, range_of_c)):
        if said.strip() != str(vpc.cidrs[0]):
            return not_yet(
                observed=f"for {vpc.name} you say {said!r}. That is not the range it has.",
                expected="the range as AWS describes it.",
                look=f"`CidrBlock` of {vpc.vpc_id}, in what `describe_vpcs` gives back.",
            )
    return _judge_cause(near, far, cause)


def _judge_cause(near: Vpc, far: Vpc, cause: str) -> Outcome:
    one, other = near.cidrs[0], far.cidrs[0]
    if cause == _OVERLAP and one.overlaps(other):
        return done(
            f"{near.name} has {one} and {far.name} has {other}, so there are addresses in both",
            "both ids exist",
            "both VPCs belong to the same account",
        )
    objections = {
        _WRONG_ID: "But `describe_vpcs` found both ids, so both exist.",
        _WRONG_ACCOUNT: f"But both VPCs belong to the account {near.account_id}.",
    }
    return not_yet(
        observed=f"you say {cause!r}. {objections.get(cause, 'That is none of the three.')}",
        expected=f"one of {_WRONG_ID!r}, {_WRONG_ACCOUNT!r} and {_OVERLAP!r}.",
        look="your own two ranges, side by side.",
    )


@judge("05-join")
def join(lab: CloudLab) -> Outcome:
    topology = NetworkState.of(lab).topology
    near, far = _vpc(topology, B.vpc), _vpc(topology, _PARTNER)
    found = _between(topology, near, far)
    if not found:
        return _joined_elsewhere(topology, far) or not_attempted(
            f"Request a peering connection between {B.vpc} and {_PARTNER}, and accept it."
        )
    return _unfinished(found[0]) or done(
        f"the connection of {B.vpc} and {_PARTNER} is active",
        f"their ranges, {near.cidrs[0]} and {far.cidrs[0]}, are apart",
    )


def _joined_elsewhere(topology: Topology, far: Vpc) -> Outcome | None:
    if not _between(topology, _vpc(topology, A.vpc), far):
        return None
    return not_yet(
        observed=f"{_PARTNER} has a connection with {A.vpc}.",
        expected=f"one with {B.vpc}.",
        look="`VpcId` and `PeerVpcId`: the two ends.",
    )


def _unfinished(found: Peering) -> Outcome | None:
    """What is still to do until a connection is active, if anything."""
    if found.status == "failed":
        return not_yet(
            observed=f"{found.peering_id} is failed.",
            expected="an active connection, which takes two ranges that are apart.",
            look="the range of each VPC, and then begin again.",
        )
    if found.is_active:
        return None
    return almost(
        holds=f"the connection is requested: {found.peering_id} is {found.status}.",
        fails="nobody has accepted it, so it carries nothing.",
        look="`accept_vpc_peering_connection`, with this id. Leave the request out this time: AWS "
        "refuses another one between the same two.",
    )


@judge("05-third-side")
def third_side(lab: CloudLab) -> Outcome:
    state = NetworkState.of(lab)
    near, far = _vpc(state.topology, A.vpc), _vpc(state.topology, _PARTNER)
    found = _between(state.topology, near, far)
    route = state.route_taken(A.subnet, _IN_PARTNER)
    if not found:
        return _no_third_side(state, route)
    unfinished = _unfinished(found[0])
    if unfinished is not None:
        return unfinished
    walked = state.ping(A.instance, _IN_PARTNER)
    if not any(hop.vpc_id == far.vpc_id for hop in walked.hops):
        return almost(
            holds=f"{A.vpc} and {_PARTNER} have an active connection.",
            fails=f"a packet of {A.instance} to {_IN_PARTNER} does not get there. "
            f"{state.explain(walked)}",
            look=f"where the route for 10.3.0.0/16 leads, in the table that {A.subnet} uses.",
        )
    return done(
        f"the connection of {A.vpc} and {_PARTNER} is active",
        f"a packet of {A.instance} to {_IN_PARTNER} gets into {_PARTNER}",
        f"{B.vpc} is not on its way",
    )


def _no_third_side(state: NetworkState, route: Route | None) -> Outcome:
    onward = state.route_taken(B.subnet, _IN_PARTNER)
    if onward is not None and onward.target is TargetKind.PEERING:
        return not_yet(
            observed=f"the table of {B.subnet} now has a route to {_PARTNER}. No packet of {A.vpc} "
            f"will ever ask it: {A.vpc}'s connection takes in only what is for {B.vpc} itself.",
            expected=f"a way that does not lead through {B.vpc}.",
            look="the trace above: at which station did the packet end?",
        )
    through = state.topology.peerings.get(route.target_id) if route else None
    if through is not None and through.other_side(_vpc(state.topology, A.vpc).vpc_id) is not None:
        return not_attempted(
            f"Request a peering connection between {A.vpc} and {_PARTNER}, accept it, and point "
            "the route at it."
        )
    leads = f"to {route.target_id}" if route and route.target is TargetKind.PEERING else "nowhere"
    return not_yet(
        observed=f"the route for 10.3.0.0/16 leads {leads}, and {A.vpc} has no connection of its "
        f"own with {_PARTNER}.",
        expected=f"a connection that ends in {A.vpc}.",
        look="`create_vpc_peering_connection`. A connection serves the two VPCs it joins.",
    )
