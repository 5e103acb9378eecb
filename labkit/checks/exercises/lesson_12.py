"""Lesson 12, break it: routes. Out of a black hole, the table that counts, and the first gap."""

from __future__ import annotations

from itertools import product
from typing import TYPE_CHECKING, Final

from labkit.checks.judges import judge
from labkit.checks.outcome import almost, done, not_attempted, not_yet
from labkit.checks.shown import shown
from labkit.checks.state import NetworkState, unanswered
from labkit.checks.theirs import call
from labkit.network.topology import RouteState
from labkit.steps.plan import SIDES, A, B, other

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence

    from labkit.checks.outcome import Outcome
    from labkit.lab import CloudLab
    from labkit.network.topology import Peering
    from labkit.steps.plan import Side

_PENDING: Final = "pending-acceptance"


@judge("12-blackhole")
def blackhole(lab: CloudLab) -> Outcome:
    state = NetworkState.of(lab)
    peering = _live_peering(state)
    if peering is None:
        return not_attempted(
            "Request a new peering connection from vpc-a to vpc-b, accept it, and call "
            "`replace_route` once for each table."
        )
    if peering.status == _PENDING:
        return not_yet(
            observed=f"the new connection {peering.peering_id} is {_PENDING}.",
            expected="an active connection. Until then every route to it is a blackhole.",
            look="`accept_vpc_peering_connection`: a request alone opens nothing.",
        )
    lost = [side for side in SIDES if _swallows(state, side)]
    return _judge_ways(state, lost)


def _live_peering(state: NetworkState) -> Peering | None:
    live = [each for each in state.topology.peerings.values() if each.is_active]
    pending = [each for each in state.topology.peerings.values() if each.status == _PENDING]
    return next(iter(live + pending), None)


def _swallows(state: NetworkState, side: Side) -> bool:
    row = state.route_taken(side.subnet, other(side).instance_address)
    return row is not None and row.state is RouteState.BLACKHOLE


def _judge_ways(state: NetworkState, lost: Sequence[Side]) -> Outcome:
    if len(lost) == len(SIDES):
        return not_yet(
            observed="the new connection is active. Both routes still lead to the old one, and "
            "their state is blackhole.",
            expected="routes that lead to a connection that exists.",
            look="`replace_route`, with the id of the new connection.",
        )
    if lost == [A]:
        return not_yet(
            observed=f"{B.route_table} leads to the new connection, {A.route_table} still to the "
            "old one: the request is swallowed.",
            expected=f"a ping from {A.instance} that gets there and back.",
            look=f"`replace_route` for {A.route_table}.",
        )
    if lost == [B]:
        return almost(
            holds=f"the request arrives: {A.route_table} leads to the new connection.",
            fails=f"the reply is swallowed: {B.route_table} still leads to the old one.",
            look="the picture of break 2. A reply needs a route of its own.",
        )
    return unanswered(state, A.instance, B.instance) or _judge_rest(state)


def _judge_rest(state: NetworkState) -> Outcome:
    """Whether a longer prefix carries the ping round a black hole that is still there."""
    for side in SIDES:
        row = state.route(side.subnet, other(side).vpc_cidr)
        if row is not None and row.state is RouteState.BLACKHOLE:
            return almost(
                holds=f"{A.instance} hears an answer from {B.instance}.",
                fails=f"{side.route_table} still swallows what is meant for the rest of "
                f"{other(side).vpc}: its row for {other(side).vpc_cidr} is a blackhole.",
                look="`replace_route`, for the row that is there.",
            )
    return done(
        "there is an active peering connection",
        f"{A.route_table} and {B.route_table} both lead to it",
        f"{A.instance} hears an answer from {B.instance}",
    )


@judge("12-effective-table")
def effective_table(lab: CloudLab) -> Outcome:
    state = NetworkState.of(lab)
    used = state.table_of(A.subnet)
    there = state.ping(A.instance, B.instance)
    if used.main and state.peered_ranges(A.subnet):
        return almost(
            holds=f"{A.instance} hears an answer from {B.instance}."
            if there.answered
            else f"{A.subnet} has a route into the peering connection.",
            fails=f"the route is in the main table of {A.vpc}. Every subnet without a table of its "
            "own has it now too, and the next one anybody makes.",
            look=f"the association between {A.subnet} and {A.route_table}. Then take the main "
            "table's new route away.",
        )
    if used.main:
        return _still_main(state)
    if not there.answered:
        return not_yet(
            observed=f"{A.subnet} uses {used.name or used.route_table_id} now. "
            + state.explain(there),
            expected=f"{A.instance} hears an answer from {B.instance}.",
            look=f"the rows of the table that {A.subnet} uses.",
        )
    return _main_untouched(state)


def _still_main(state: NetworkState) -> Outcome:
    main = state.table_of(A.subnet)
    if state.subnet(A.subnet).subnet_id not in main.subnet_ids:
        return not_attempted(
            f"Give {A.subnet} its table back, with one `associate_route_table` call."
        )
    return not_yet(
        observed=f"{A.subnet} is associated with the main table, which has no way to {B.vpc}.",
        expected=f"{A.subnet} using a table that has one.",
        look=f"the id in `RouteTableId`. Which table holds the route to {B.vpc_cidr}?",
    )


def _main_untouched(state: NetworkState) -> Outcome:
    mains = [table for table in state.tables_in(A.vpc) if table.main]
    if any(len(table.routes) > 1 for table in mains):
        return almost(
            holds=f"{A.instance} hears an answer from {B.instance}, by a table of its own.",
            fails=f"the main table of {A.vpc} has a route of its own left over.",
            look="`delete_route` on the main table: nobody should inherit it.",
        )
    return done(
        f"{A.subnet} uses {state.table_of(A.subnet).name or 'a table of its own'}",
        f"{A.instance} hears an answer from {B.instance}",
        f"the main table of {A.vpc} has no route but its local one",
    )


Seen = tuple["str | None", ...]
_GAPS: Final = ("way there", "way there", "host or way back", "way back")
_PLACES: Final = ("leaves app-a", "enters app-b", "leaves app-b", "enters app-a")


def _possible() -> list[Seen]:
    """Everything the four interfaces can have written about one ping, good and bad."""
    seen: list[Seen] = [("ACCEPT",) * 4]
    for accepted, last in product(range(4), (None, "REJECT")):
        rest = (None,) * (3 - accepted)
        seen.append((*("ACCEPT",) * accepted, last, *rest))
    return seen


def _gap(seen: Seen) -> str:
    if "REJECT" in seen:
        return "filter"
    return _GAPS[seen.index(None)] if None in seen else "nothing"


@judge("12-first-gap", first_gap="callable")
def first_gap(_: CloudLab, first_gap: Callable[[list[str | None]], object]) -> Outcome:
    said = {seen: call(first_gap, list(seen)) for seen in _possible()}
    wrong = [seen for seen in said if said[seen] != _gap(seen)]
    if not wrong:
        return done(
            f"all {len(said)} things that four interfaces can write about one ping, each named"
        )
    return _wrong_gap(wrong[0], said[wrong[0]], len(said) - len(wrong))


def _wrong_gap(seen: Seen, found: object, right: int) -> Outcome:
    written = ", ".join(
        f"{place}: {action or 'no record'}" for place, action in zip(_PLACES, seen, strict=True)
    )
    look = _where_to_look(seen, found)
    if right >= len(_possible()) - 2:
        return almost(
            holds=f"{right} of {len(_possible())} cases come out right.",
            fails=f"for {list(seen)} your function gave {shown(found)}. ({written}.)",
            look=look,
        )
    return not_yet(
        observed=f"first_gap({list(seen)}) gave {shown(found)}. ({written}.)",
        expected="the name, out of the table, of the place where this ping was lost.",
        look=look,
    )


def _where_to_look(seen: Seen, found: object) -> str:
    if found is None:
        return "the end of the function: it has to `return` one of the five names."
    if "REJECT" in seen:
        return "the order of your questions. A REJECT is asked for first: it explains every gap."
    if None not in seen:
        return "the ping with all four records. There is no gap to look for."
    if found == "filter":
        return "what None means: nobody wrote anything. A filter that says no writes REJECT."
    return "the *first* gap, seen from the left. What was reached, and what was not?"
