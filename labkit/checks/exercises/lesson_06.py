"""Lesson 06, routes: the way back, a prefix that is too narrow, and which row wins."""

from __future__ import annotations

from ipaddress import IPv4Network, ip_address, ip_network
from typing import TYPE_CHECKING, Final

from labkit.checks.judges import judge
from labkit.checks.outcome import almost, done, not_attempted, not_yet
from labkit.checks.shown import shown
from labkit.checks.state import NetworkState, covers, unanswered
from labkit.checks.theirs import Raised, call
from labkit.network.routing import best_route
from labkit.network.topology import Route, RouteTable, TargetKind, Topology
from labkit.steps.plan import A, B

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence

    from labkit.checks.outcome import Outcome
    from labkit.lab import CloudLab
    from labkit.steps.plan import Side


@judge("06-return-route")
def return_route(lab: CloudLab) -> Outcome:
    state = NetworkState.of(lab)
    if not state.peered_ranges(B.subnet):
        return _stray_route(state) or not_attempted(
            "Make one `create_route` call for the route table routes-b, and run the cell."
        )
    return _judge_way(state, B, A)


def _stray_route(state: NetworkState) -> Outcome | None:
    """A route into the peering connection, in a table that subnet-b does not use."""
    for table in state.tables_in(B.vpc):
        if any(row.target is TargetKind.PEERING for row in table.routes):
            return not_yet(
                observed=f"route table {table.name or table.route_table_id} has the route, but "
                f"{B.subnet} does not use that table.",
                expected=f"the route in the table that {B.subnet} uses.",
                look=f"which table is associated with {B.subnet}. A subnet asks exactly one.",
            )
    return None


@judge("06-narrow-route")
def narrow_route(lab: CloudLab) -> Outcome:
    state = NetworkState.of(lab)
    ranges = state.peered_ranges(A.subnet)
    if ranges == [IPv4Network("10.2.0.0/24")]:
        return not_attempted(
            "Change the routes of routes-a, so that every address of vpc-b has a way."
        )
    if not ranges:
        return not_yet(
            observed="routes-a sends nothing at all into the peering connection.",
            expected="a route that covers every address of vpc-b.",
            look="`create_route`. Taking the narrow route away leaves none.",
        )
    return _judge_way(state, A, B)


def _judge_way(state: NetworkState, near: Side, far: Side) -> Outcome:
    """Whether the table on one side leads to all of the far VPC, and nowhere else."""
    ranges = state.peered_ranges(near.subnet)
    shown = " and ".join(map(str, ranges))
    far_range = IPv4Network(far.vpc_cidr)
    there = state.ping(A.instance, B.instance)
    if not there.answered and not covers(ranges, IPv4Network(far.instance_address)):
        return not_yet(
            observed=f"{near.route_table} sends {shown} into the peering connection. "
            f"{far.instance} has the address {far.instance_address}, which is not in there.",
            expected=f"a route that {far.instance_address} matches.",
            look="the number after the slash: how many bits of the address have to be equal.",
        )
    if (silence := unanswered(state, A.instance, B.instance)) is not None:
        return silence
    if not covers(ranges, far_range):
        return almost(
            holds=f"{A.instance} hears an answer from {B.instance}.",
            fails=f"{near.route_table} sends only {shown} into the peering connection. The next "
            f"instance in {far.vpc}, at another address, would be cut off.",
            look=f"the range of the whole VPC, not of one instance: {far.vpc} in lab.draw().",
        )
    wider = [each for each in ranges if not covers([far_range], each)]
    if wider:
        return almost(
            holds=f"all of {far.vpc} has a way.",
            fails=f"{near.route_table} sends {wider[0]} into the peering connection, which is more "
            f"than {far.vpc}. Packets for the rest of the world would end there.",
            look=f"the range of {far.vpc}. A route should be as wide as what is behind it.",
        )
    return done(
        f"{A.instance} hears an answer from {B.instance}",
        f"{near.route_table} covers all of {far.vpc}",
        f"it sends nothing but {far.vpc} into the peering connection",
    )


# Destinations of the rows of a table, in some order, and an address to look up in it.
_TABLES: Final = (
    (["10.1.0.0/16", "10.2.0.0/16"], "10.2.1.10"),
    (["10.2.0.0/16", "10.2.1.0/24", "0.0.0.0/0"], "10.2.1.10"),
    (["0.0.0.0/0", "10.2.1.0/24", "10.2.0.0/16"], "10.2.1.10"),
    (["10.2.0.0/24", "10.0.0.0/8", "10.2.0.0/16"], "10.2.1.10"),
    (["10.2.1.0/28", "10.2.1.0/24", "10.2.0.0/16"], "10.2.1.200"),
    (["10.20.0.0/16", "10.2.0.0/16"], "10.20.3.4"),
)
_NOWHERE: Final = (["10.1.0.0/16", "10.2.0.0/16"], "192.0.2.1")


@judge("06-longest-prefix", row_for="callable")
def longest_prefix(_: CloudLab, row_for: Callable[[list[str], str], object]) -> Outcome:
    for destinations, address in _TABLES:
        found = call(row_for, list(destinations), address)
        taken = _taken(destinations, address)
        if str(found) != taken:
            return not_yet(
                observed=f"row_for({destinations}, {address!r}) gave {shown(found)}.",
                expected=f"the row that AWS takes, which is {taken!r}.",
                look=_misconception(destinations, address, str(found)),
            )
    return _where_nothing_matches(row_for)


def _taken(destinations: Sequence[str], address: str) -> str | None:
    """What the model of AWS's routers says."""
    rows = tuple(Route(ip_network(each), TargetKind.OTHER, each) for each in destinations)
    table = RouteTable("rtb-example", "vpc-example", rows)
    route = best_route(Topology(), table, ip_address(address))
    return route.target_id if route else None


def _misconception(destinations: Sequence[str], address: str, found: str) -> str:
    if found == "None":
        return "the end of the function: it has to `return` what it found."
    matching = [each for each in destinations if ip_address(address) in ip_network(each)]
    if found not in matching:
        return f"whether {address} is inside {found}. `ip_address(a) in ip_network(b)` tells."
    if found == min(matching, key=lambda each: ip_network(each).prefixlen):
        return (
            "the direction: you take the widest range that matches, and AWS the narrowest. (As "
            'texts, "8" is more than "16". Compare numbers.)'
        )
    return "The order of the rows: it means nothing. Only the length of the prefix decides."


def _where_nothing_matches(row_for: Callable[[list[str], str], object]) -> Outcome:
    destinations, address = _NOWHERE
    try:
        found = call(row_for, list(destinations), address)
    except Raised as raised:
        found = raised.message
    if found is not None:
        return almost(
            holds="of the rows that match, the longest prefix wins.",
            fails=f"for {address} no row matches, and your function gave {shown(found)}, not None.",
            look="what is left when you keep only the rows that match: an empty list.",
        )
    return done(
        f"{len(_TABLES)} tables, with their rows in different orders, each give AWS's row",
        "where no row matches there is none",
    )
