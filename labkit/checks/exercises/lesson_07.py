"""Lesson 07, connectivity: both directions, and where it stopped."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

from labkit.checks.blank import is_blank
from labkit.checks.judges import judge
from labkit.checks.outcome import almost, done, not_attempted, not_yet
from labkit.checks.shown import shown
from labkit.checks.staging import scene
from labkit.checks.state import NetworkState
from labkit.checks.theirs import call
from labkit.lab.commands import PingResult
from labkit.network.hops import Leg, Station
from labkit.steps import routes, security_groups
from labkit.steps.plan import SIDES, A, B, other
from labkit.steps.security_groups import allow_icmp_from

if TYPE_CHECKING:
    from collections.abc import Callable

    from labkit.checks.outcome import Outcome
    from labkit.lab import CloudLab
    from labkit.network.hops import Hop
    from labkit.steps.plan import Side

_WAYS = (("a to b", A), ("b to a", B))


@dataclass
class Witness:
    """
    Stands in for a lab whose pings come back in one direction only, and remembers them.

    A function that reports on a connection has to tell such a lab from a good one,
    and asking it sends nothing anywhere.
    """

    hears: Side
    asked: list[tuple[str, str, int]] = field(default_factory=list)

    def ping(self, source: str, target: str, count: int = 4) -> PingResult:
        """All replies for the side that hears them, none for the other."""
        names = {side.instance_address: side.instance for side in SIDES}
        self.asked.append((source, names.get(target, target), count))
        received = count if source == self.hears.instance else 0
        summary = f"{count} packets transmitted, {received} received"
        return PingResult(source, f"ping -c {count}", "Success", 0, summary, "", count, received)

    def sent_from(self, side: Side) -> int:
        """How many pings a side sent to the other, in one call or in several."""
        return sum(count for source, _, count in self.asked if source == side.instance)


@judge("07-both-ways", connectivity="callable")
def both_ways(_: CloudLab, connectivity: Callable[[Any], object]) -> Outcome:
    for hears in SIDES:
        witness = Witness(hears)
        said = call(connectivity, witness)
        if is_blank(said):
            return not_attempted("Replace the two ____ by what `lab.ping` receives.")
        problem = _judge_report(said, witness)
        if problem is not None:
            return problem
    return done(
        "a network in which only a hears b, and one in which only b hears a, are told apart",
        "two pings are sent in each direction",
    )


def _judge_report(said: object, witness: Witness) -> Outcome | None:
    if not isinstance(said, dict) or said.keys() != {way for way, _ in _WAYS}:
        return not_yet(
            observed=f"your function gave {shown(said)}.",
            expected='a dict with the keys "a to b" and "b to a".',
            look="the last line of the function.",
        )
    pairs = [(source, target) for source, target, _ in witness.asked]
    if not pairs:
        return not_yet(
            observed="your function sent nothing with the `lab` it was given.",
            expected="`lab.ping`, once in each direction.",
            look="whether the numbers are written down instead of measured.",
        )
    missing = [side for _, side in _WAYS if (side.instance, other(side).instance) not in pairs]
    if missing:
        source, target = missing[0].instance, other(missing[0]).instance
        return not_yet(
            observed=f"nothing was sent from {source} to {target}.",
            expected="a test in each direction. One of them may work without the other.",
            look="`lab.ping(source, target)`: swap the two names for the way back.",
        )
    return _judge_numbers(said, witness)


def _judge_numbers(said: dict[str, object], witness: Witness) -> Outcome | None:
    sent = [witness.sent_from(side) for _, side in _WAYS]
    true = {way: 2 if side is witness.hears else 0 for way, side in _WAYS}
    if said == true and sent == [2, 2]:
        return None
    if sent != [2, 2]:
        return almost(
            holds="both directions are tested.",
            fails=f"{sent[0]} pings went from a to b and {sent[1]} from b to a, not two and two.",
            look="`count=2`.",
        )
    return not_yet(
        observed=f"of a network in which only {witness.hears.instance} hears answers your function "
        f"says {said}.",
        expected=f"{true}.",
        look="`.received` is the number of answers, `.transmitted` of questions. And which result "
        "belongs to which direction?",
    )


@scene("07-where")
def one_thing_is_taken_away(lab: CloudLab) -> None:
    """A route on either side, or the rule of app-b, by a digit of the subnet's id."""
    security_groups.build(lab)
    routes.build(lab)
    digit = int(lab.require("subnet", B.subnet, step="subnets")[-1], 16) % 3
    if digit == 0:
        lab.ec2.revoke_security_group_ingress(
            GroupId=lab.require("security-group", B.security_group, step="security_groups"),
            IpPermissions=allow_icmp_from(A.vpc_cidr),
        )
        return
    side = B if digit == 1 else A
    lab.ec2.delete_route(
        RouteTableId=lab.require("route-table", side.route_table, step="routes"),
        DestinationCidrBlock=other(side).vpc_cidr,
    )


@judge("07-where", leg=str, station=str)
def where(lab: CloudLab, leg: str, station: str) -> Outcome:
    walked = NetworkState.of(lab).ping(A.instance, B.instance)
    if walked.answered:
        return not_yet(
            observed="the ping is answered: nothing is lost at the moment.",
            expected="the fault as it was staged. Name the place first, repair it afterwards.",
            look='stage("07-where", lab), which starts it afresh.',
        )
    last = walked.hops[-1]
    said_leg, said_station = leg.strip().casefold(), _plain(station)
    if said_leg not in {each.value for each in Leg}:
        return not_yet(
            observed=f"`leg` is {leg!r}.",
            expected='"request" or "reply".',
            look="the second column of the trace.",
        )
    if said_leg != last.leg.value:
        return not_yet(
            observed=f"you say the {said_leg} is lost.",
            expected="the leg of the row with the cross. The other one "
            + ("came through." if walked.arrived else "never began."),
            look="the last row of the trace.",
        )
    if said_station in _names_of_one(last):
        return almost(
            holds=f"the {said_leg} is lost.",
            fails=f"{station!r} is the name of one. Asked is its kind.",
            look="the column *station* of the row with the cross.",
        )
    if said_station not in _names(last):
        return almost(
            holds=f"the {said_leg} is lost.",
            fails=f"it is not {station!r} that stops it.",
            look="the third column of the row with the cross.",
        )
    return done(f"the {said_leg} is lost", f"at the {last.station} {last.direction or ''}".strip())


def _names(hop: Hop) -> set[str]:
    """How people may call a station: with its direction where it has one, or without."""
    plain = str(hop.station.value)
    if hop.station in (Station.SECURITY_GROUP, Station.NETWORK_ACL):
        return {plain.casefold(), f"{plain} {hop.direction}".casefold()}
    return {plain.casefold()}


def _names_of_one(hop: Hop) -> set[str]:
    """What a station of the lab is called, by its id or by its name."""
    named = [name for side in SIDES for name in (side.route_table, side.security_group)]
    return {_plain(name) for name in (*hop.component_ids, *named)}


def _plain(words: str) -> str:
    """The same words without what people type differently: capitals, hyphens, blanks, a stop."""
    return " ".join(words.replace("-", " ").split()).rstrip(". ").casefold()
