"""Lesson 18, private subnets and gateways: the way out, the way to a peer, and no way through."""

from __future__ import annotations

from ipaddress import IPv4Network
from itertools import chain
from typing import TYPE_CHECKING, Any, Final

from labkit.checks.judges import judge
from labkit.checks.outcome import almost, done, not_attempted, not_yet
from labkit.checks.shown import shown
from labkit.checks.state import NetworkState, covers, unanswered, written
from labkit.checks.theirs import call
from labkit.flowlog import LogFormat
from labkit.lab import records
from labkit.network.topology import TargetKind
from labkit.network.walk import Fate
from labkit.steps import gateways
from labkit.steps.gateways import PRIVATE, PUBLIC
from labkit.steps.plan import A, B
from labkit.steps.third_vpc import C

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping

    import pandas as pd

    from labkit.checks.outcome import Outcome
    from labkit.lab import CloudLab
    from labkit.network.topology import Route
    from labkit.network.walk import Walk
    from labkit.steps.plan import Side

# Documentation addresses: nobody's on the real internet, and good enough to ask routes about.
_SOMEWHERE: Final = "198.51.100.80"
_ELSEWHERE: Final = "192.0.2.1"
_WEB: Final = 80


def _is_out(walked: Walk) -> bool:
    """Whether a packet made it to the internet, be there anybody at its address or not."""
    return walked.answered or walked.fate is Fate.LEFT_FOR_INTERNET


@judge("18-way-out")
def way_out(lab: CloudLab) -> Outcome:
    state = NetworkState.of(lab)
    row = state.route_taken(PRIVATE.subnet, _SOMEWHERE)
    has_public = state.topology.find_interface(PRIVATE.instance).public_address is not None
    if row is not None and row.target is TargetKind.INTERNET_GATEWAY:
        return _knocked_at() if has_public else _still_the_internet_gateway(state)
    there = state.connect(PRIVATE.instance, _SOMEWHERE, _WEB)
    if not _is_out(there):
        return not_yet(
            observed="there is no row for the internet now."
            if row is None
            else state.explain(there),
            expected=f"{PRIVATE.instance} gets out to the internet by {gateways.NAT_GATEWAY}.",
            look=f"`routes({PRIVATE.route_table!r})`: which row matches 198.51.100.80, and where "
            "does it lead?",
        )
    if not _is_out(state.connect(PRIVATE.instance, _ELSEWHERE, _WEB)):
        return almost(
            holds=f"{PRIVATE.instance} reaches a part of the internet by {gateways.NAT_GATEWAY}.",
            fails="the rest of it is out of reach: the row covers a range only.",
            look="`DestinationCidrBlock`. `default` has the one that matches every address.",
        )
    return _out_but_not_in(has_public=has_public)


def _knocked_at() -> Outcome:
    return not_yet(
        observed=f"{PRIVATE.instance} has a public address now, and a way to the internet "
        "gateway. It gets out, and anybody can knock at its door.",
        expected=f"{PRIVATE.instance} gets out, and outside there is no address to send to.",
        look="the NAT gateway: it has a public address, so that others need none. Take the new "
        "address away again.",
    )


def _still_the_internet_gateway(state: NetworkState) -> Outcome:
    """What was done to other rows and tables, if the one that decides is still the broken one."""
    used, public = state.table_of(PRIVATE.subnet), state.route(PUBLIC.subnet, gateways.EVERYWHERE)
    if used.name != PRIVATE.route_table:
        return not_yet(
            observed=f"{PRIVATE.subnet} uses {used.name or used.route_table_id} now, which leads "
            "to the internet gateway as well.",
            expected=f"{PRIVATE.subnet} with its own table, and another target in it.",
            look=f"`associate_route_table`, for {PRIVATE.subnet} and {PRIVATE.route_table}.",
        )
    if public is None or public.target is not TargetKind.INTERNET_GATEWAY:
        return not_yet(
            observed=f"{PUBLIC.route_table} has changed, and {PRIVATE.route_table} has not.",
            expected=f"another target for the default route of {PRIVATE.route_table}.",
            look="the table: `default` holds the right one. In the other, lead the default route "
            "back to `igw`.",
        )
    if beside := [row for row in used.routes if row.target is TargetKind.NAT_GATEWAY]:
        return not_yet(
            observed=f"{beside[0].destination} goes to the NAT gateway. Everything else still goes "
            "to the internet gateway.",
            expected="one row that leads every address to the NAT gateway.",
            look="`DestinationCidrBlock`: `default` has the one that matches every address.",
        )
    return not_attempted(
        "Point the default route of private-routes-a at the NAT gateway, with one "
        "`replace_route` call."
    )


def _out_but_not_in(*, has_public: bool) -> Outcome:
    if has_public:
        return almost(
            holds=f"{PRIVATE.instance} gets out by {gateways.NAT_GATEWAY}.",
            fails="it has a public address of its own, which it does not need.",
            look="`disassociate_address`.",
        )
    return done(
        f"{PRIVATE.instance} gets out to the internet, to all of it",
        f"it goes by {gateways.NAT_GATEWAY}, and has no public address of its own",
    )


# What the interface of a NAT gateway at 10.1.2.4 writes about one conversation, in its four rows.
_NAT: Final = "10.1.2.4"
_ENI: Final = "eni-0c0ffee0000000004"
_BEGAN_S: Final = 1_767_603_600


def _lines(inside: str, outside: str, number: int) -> list[str]:
    """The records of the conversation of that number, every field of them, as they are logged."""
    port, began_s = 32_769 + number, _BEGAN_S + number
    asked, answered = f"{port} {_WEB} 6 5 346", f"{_WEB} {port} 6 3 220"
    when = f"{began_s} {began_s} ACCEPT OK"
    return [
        f"5 {_ENI} {inside} {_NAT} {asked} {when} {inside} {outside} ingress -",
        f"5 {_ENI} {_NAT} {outside} {asked} {when} {_NAT} {outside} egress 8",
        f"5 {_ENI} {outside} {_NAT} {answered} {when} {outside} {_NAT} ingress -",
        f"5 {_ENI} {_NAT} {inside} {answered} {when} {outside} {inside} egress 1",
    ]


def _records(pairs: set[tuple[str, str]]) -> pd.DataFrame:
    """The table that a learner's own log group would give: a function may ask any column of it."""
    lines = [_lines(*pair, number) for number, pair in enumerate(sorted(pairs))]
    return records.as_table(chain.from_iterable(lines), LogFormat.parse(gateways.LOG_FORMAT))


_CASES: Final = (
    {("10.1.3.10", "203.0.113.5")},
    {("10.1.3.10", "203.0.113.5"), ("10.1.3.11", "203.0.113.5")},
    {("10.1.3.10", "203.0.113.5"), ("10.1.3.10", "198.51.100.80"), ("10.1.3.12", "198.51.100.25")},
)


@judge("18-conversations", conversations="callable")
def conversations(_: CloudLab, conversations: Callable[[Any, str], object]) -> Outcome:
    for right, pairs in enumerate(_CASES):
        found = call(conversations, _records(pairs), _NAT)
        if _as_pairs(found) != pairs:
            return _wrong_pairs(pairs, found, right)
    return done(
        "one host inside and one page",
        "two hosts inside that share the NAT gateway",
        "hosts that talk to several pages, each pair once",
    )


def _as_pairs(found: object) -> set[tuple[str, str]] | None:
    """What a learner's function gave as pairs, if it can be read so."""
    try:
        return {(str(inside), str(outside)) for inside, outside in found}  # type: ignore[attr-defined]
    except (TypeError, ValueError):
        return None


def _wrong_pairs(pairs: set[tuple[str, str]], found: object, right: int) -> Outcome:
    got = _as_pairs(found)
    expected = f"the pairs {sorted(pairs)}."
    if got is None:
        return not_yet(
            observed=f"`conversations` gave {shown(found)}.",
            expected=expected,
            look="what it returns: a set of pairs, such as `set(zip(..., ...))`.",
        )
    observed = f"`conversations` gave {sorted(got)}."
    if right:
        return almost(
            holds="one conversation comes out right.",
            fails=f"of the pairs {sorted(pairs)} {observed}",
            look=_look(got, pairs),
        )
    return not_yet(observed=observed, expected=expected, look=_look(got, pairs))


def _look(got: set[tuple[str, str]], pairs: set[tuple[str, str]]) -> str:
    if got and got < pairs:
        return "the other rows of that kind: each is a conversation of its own."
    if any(outside == _NAT for _, outside in got) and not got & pairs:
        return "the second half of each pair: `dstaddr` is the NAT gateway. Look at `pkt-dstaddr`."
    if any(_NAT in pair for pair in got):
        return (
            "rows with the NAT gateway itself at one end: they are the other half of each crossing."
        )
    if any((outside, inside) in got for inside, outside in pairs):
        return "the answers: they name the same two hosts the other way round."
    return "the rows that come in from the VPC: `dstaddr` is the NAT gateway, `pkt-dstaddr` is not."


@judge("18-peering-route")
def peering_route(lab: CloudLab) -> Outcome:
    state = NetworkState.of(lab)
    row = state.route_taken(PUBLIC.subnet, B.instance_address)
    out = state.route(PUBLIC.subnet, gateways.EVERYWHERE)
    if out is None or out.target is not TargetKind.INTERNET_GATEWAY:
        return not_yet(
            observed=f"{PUBLIC.subnet} has lost its default route to the internet gateway, and "
            f"{gateways.NAT_GATEWAY} with it.",
            expected="the default route as it was, and one more row beside it.",
            look='`create_route` adds a row; `replace_route` changes one. lab.build("gateways") '
            "puts the default route back.",
        )
    if row is out:
        return _no_row_for_the_peer(state)
    return unanswered(state, PUBLIC.instance, B.instance) or _how_wide(state)


def _no_row_for_the_peer(state: NetworkState) -> Outcome:
    """What stands where a row for the peer should, if the default route decides about it."""
    if ranges := state.peered_ranges(PUBLIC.subnet):
        return not_yet(
            observed=f"{PUBLIC.route_table} sends {' and '.join(map(str, ranges))} into the "
            f"peering connection, and {B.instance} has the address {B.instance_address}.",
            expected=f"a row that {B.instance_address} matches.",
            look=f"`DestinationCidrBlock`: all of {B.vpc} is {B.vpc_cidr}.",
        )
    if state.peered_ranges(PRIVATE.subnet):
        return not_yet(
            observed=f"{PRIVATE.route_table} has the new row, and {PUBLIC.subnet} does not use it.",
            expected=f"the row in the table that {PUBLIC.subnet} uses.",
            look="`RouteTableId`: `public` holds the id of that table.",
        )
    return not_attempted(
        f"Add a row to {PUBLIC.route_table} that leads what is meant for {B.vpc} into the "
        "peering connection."
    )


def _how_wide(state: NetworkState) -> Outcome:
    """Whether as much goes into the peering connection as is behind it."""
    ranges, peer = state.peered_ranges(PUBLIC.subnet), IPv4Network(B.vpc_cidr)
    answers = f"{PUBLIC.instance} hears an answer from {B.instance}"
    if not covers(ranges, peer):
        return almost(
            holds=f"{answers}.",
            fails=f"other addresses of {B.vpc} still go to the internet gateway.",
            look=f"`DestinationCidrBlock`: all of {B.vpc} is {B.vpc_cidr}.",
        )
    if wider := [each for each in ranges if not covers([peer], each)]:
        return almost(
            holds=f"{answers}, and so would all of {B.vpc}.",
            fails=f"{PUBLIC.route_table} sends {wider[0]} into the peering connection, which is "
            f"more than {B.vpc}: the rest of it was meant for the internet gateway.",
            look="`DestinationCidrBlock`. Take the wide row away again with `delete_route`.",
        )
    return done(
        answers,
        f"all of {B.vpc_cidr} goes into the peering connection, and nothing else",
        "the default route still leads to the internet gateway",
    )


@judge("18-transit-routes")
def transit_routes(lab: CloudLab) -> Outcome:
    state = NetworkState.of(lab)
    ways = {
        A: state.route_taken(A.subnet, C.instance_address),
        C: state.route_taken(C.subnet, A.instance_address),
    }
    by_hub = [
        side
        for side, row in ways.items()
        if row is not None and row.target is TargetKind.TRANSIT_GATEWAY
    ]
    if not by_hub:
        return _nothing_to_the_hub(ways)
    if by_hub == [A]:
        return almost(
            holds=f"the request arrives at {C.instance}.",
            fails=f"the reply has no way back: no row of {C.route_table} leads "
            f"{A.instance_address} to the hub.",
            look=f"`create_route` for {C.route_table}, which is the table of {C.subnet}.",
        )
    if by_hub == [C]:
        return not_yet(
            observed=f"{C.subnet} knows the way to the hub. {A.subnet} sends nothing there.",
            expected=f"a ping from {A.instance} that gets to {C.instance} and back.",
            look=f"the row for {C.vpc_cidr} in {A.route_table}: it still leads into the peering "
            "connection.",
        )
    return unanswered(state, A.instance, C.instance) or _all_by_the_hub(state)


def _all_by_the_hub(state: NetworkState) -> Outcome:
    """Whether the row for all of vpc-c leads to the hub, and not one for a part of it alone."""
    if covers(state.peered_ranges(A.subnet), IPv4Network(C.vpc_cidr)):
        return almost(
            holds=f"{A.instance} hears an answer from {C.instance}.",
            fails=f"the row for all of {C.vpc} still leads into the peering connection: any other "
            f"address of {C.vpc} is out of reach.",
            look="`replace_route`: `to_c` has its table and its range.",
        )
    return done(
        f"{A.instance} hears an answer from {C.instance}",
        "the request goes by the transit gateway, and so does the reply",
        f"{A.vpc} and {C.vpc} are not peered",
    )


def _nothing_to_the_hub(ways: Mapping[Side, Route | None]) -> Outcome:
    """What the two rows are, if neither of them leads to the transit gateway."""
    expected = "in both tables a row for the other VPC that leads to the transit gateway."
    if ways[A] is None:
        return not_yet(
            observed=f"{A.route_table} has no row for {C.vpc_cidr} any more.",
            expected=expected,
            look="`create_route` makes one where none is; `to_c` has its table and its range.",
        )
    if ways[C] is not None:
        return not_yet(
            observed=f"the row of {C.route_table} is {written(ways[C])}.",
            expected=expected,
            look="`TransitGatewayId`: `hub` holds it. A peering connection does not pass on.",
        )
    return not_attempted(
        f"Lead {C.vpc_cidr} to the transit gateway in {A.route_table}, and {A.vpc_cidr} in "
        f"{C.route_table}."
    )
