"""Lesson 01, two VPCs: ranges that overlap, a main route table, and a network that fits in."""

from __future__ import annotations

from ipaddress import IPv4Network
from typing import TYPE_CHECKING, Final

from labkit.checks.judges import judge
from labkit.checks.outcome import almost, done, not_attempted, not_yet
from labkit.checks.state import NetworkState
from labkit.steps.plan import A, B

if TYPE_CHECKING:
    from labkit.checks.outcome import Outcome
    from labkit.lab import CloudLab
    from labkit.network.topology import RouteTable, Topology, Vpc

# The table of exercise 1, as the notebook has it.
_TEAMS: Final = {
    "blue": IPv4Network("10.11.0.0/16"),
    "green": IPv4Network("10.1.200.0/24"),
    "grey": IPv4Network("10.0.0.0/14"),
    "gold": IPv4Network("172.16.0.0/16"),
}
_RANGE_A: Final = IPv4Network(A.vpc_cidr)


@judge("01-overlap", can_be_joined=list)
def overlap(_: CloudLab, can_be_joined: list[object]) -> Outcome:
    for name in can_be_joined:
        if name not in _TEAMS:
            return not_yet(
                observed=f"the list holds {name!r}, which is no team of the table.",
                expected=f"names out of {', '.join(_TEAMS)}, in quotes.",
                look="the spelling. The names are enough; leave the ranges out.",
            )
    for name in can_be_joined:
        if _TEAMS[str(name)].overlaps(_RANGE_A):
            return not_yet(
                observed=f"{name} is in the list, and shares addresses with {_RANGE_A}.",
                expected="teams whose range has no address in common with it.",
                look=_why_overlapping(_TEAMS[str(name)]),
            )
    return _all_named({str(name) for name in can_be_joined})


def _why_overlapping(block: IPv4Network) -> str:
    if block.subnet_of(_RANGE_A):
        return f"whether {block} lies inside {_RANGE_A}: does every address of it begin with 10.1?"
    return (
        f"where {block} ends. It begins before {_RANGE_A} and is larger: print its last address, "
        f'`ip_network("{block}")[-1]`.'
    )


def _all_named(named: set[str]) -> Outcome:
    missing = [
        name for name, block in _TEAMS.items() if name not in named and not block.overlaps(_RANGE_A)
    ]
    if not missing:
        return done(
            f"every team named has a range apart from {_RANGE_A}",
            "nobody who could be joined was left out",
        )
    if not named:
        return not_yet(
            observed="the list is empty.",
            expected=f"at least one of the four can be joined with {_RANGE_A}.",
            look="`range_a.overlaps(ip_network(...))`, for each range of the table.",
        )
    return almost(
        holds="every team you named can be joined.",
        fails=f"you left out one that can be joined, too. There are {len(named) + len(missing)}.",
        look="ranges that look alike. 10.11 and 10.1 are different numbers, as 11 and 1 are.",
    )


@judge("01-main-table", main_table_of_b=str)
def main_table(lab: CloudLab, main_table_of_b: str) -> Outcome:
    topology = NetworkState.of(lab).topology
    table = topology.route_tables.get(main_table_of_b)
    if table is None:
        return not_yet(
            observed=f"{main_table_of_b!r} {_what_else(main_table_of_b)}.",
            expected="the id of a route table. It begins with `rtb-`.",
            look="`RouteTableId`, in what `lab.ec2.describe_route_tables` gives back.",
        )
    owner = topology.vpc(table.vpc_id).name
    if owner != B.vpc:
        return not_yet(
            observed=f"{main_table_of_b} is the main route table of {owner}.",
            expected=f"the one of {B.vpc}. Each VPC has its own.",
            look="the filter: `of_vpc_a` asks for the tables of vpc-a. Which id does it need now?",
        )
    return _is_main(table)


def _what_else(text: str) -> str:
    kinds = {
        "rtbassoc-": "is the id of an association: it ties a table to what uses it",
        "vpc-": "is the id of a VPC",
        "rtb-": "is no route table of this lab",
    }
    return next((words for start, words in kinds.items() if text.startswith(start)), "is no id")


def _is_main(table: RouteTable) -> Outcome:
    if not table.main:
        return not_yet(
            observed=f"{table.route_table_id} belongs to {B.vpc}, and is not its main table.",
            expected="the table that AWS made together with the VPC.",
            look='`table["Associations"]`: in the main table one of them says `"Main": True`.',
        )
    return done(f"the table belongs to {B.vpc}", "it is the main one")


_ROOM: Final = 4000
_PRIVATE: Final = tuple(
    map(IPv4Network, ("10.0.0.0/8", "172.16.0.0/12", "192.168.0.0/16")),
)
_THIRD: Final = "vpc-c"


@judge("01-third-network")
def third_network(lab: CloudLab) -> Outcome:
    topology = NetworkState.of(lab).topology
    named = [vpc for vpc in topology.vpcs.values() if vpc.name == _THIRD]
    if not named:
        return _no_third(topology)
    if len(named) > 1:
        return not_yet(
            observed=f"there are {len(named)} VPCs named {_THIRD}.",
            expected="one.",
            look="your function: it looks before it creates. `create_vpc` does not.",
        )
    return _judge_range(topology, named[0])


def _no_third(topology: Topology) -> Outcome:
    others = [vpc.name for vpc in topology.vpcs.values() if vpc.name not in (A.vpc, B.vpc)]
    if others:
        return not_yet(
            observed=f"the lab has a VPC named {others[0]!r}.",
            expected=f"one named {_THIRD!r}.",
            look="the first argument of the call.",
        )
    return not_attempted(
        f"There is no {_THIRD} yet. Make it with `find_or_create_vpc`, which writes the tags by "
        "which the lab finds it."
    )


def _judge_range(topology: Topology, third: Vpc) -> Outcome:
    block = third.cidrs[0]
    for other in topology.vpcs.values():
        if other is not third and any(block.overlaps(cidr) for cidr in other.cidrs):
            return not_yet(
                observed=f"{_THIRD} has {block}, and {other.name} has {other.cidrs[0]}: there are "
                "addresses in both.",
                expected="a range that shares no address with the other two.",
                look="where both ranges begin and end: print `ip_network(...)[0]` and `[-1]`.",
            )
    if block.num_addresses < _ROOM:
        return almost(
            holds=f"{block} is apart from the other two.",
            fails=f"it holds {block.num_addresses:,} addresses, and {_ROOM:,} are needed.",
            look="the number after the slash: one less doubles the range.",
        )
    if not any(block.subnet_of(private) for private in _PRIVATE):  # type: ignore[arg-type]
        return almost(
            holds=f"{block} is apart from the other two, and large enough.",
            fails="it is not private: these addresses belong to somebody on the internet, whom "
            "machines in your VPC could not reach any more.",
            look="the three private ranges in the text above the exercise.",
        )
    return done(
        f"{_THIRD} shares no address with {A.vpc} and {B.vpc}",
        f"it holds at least {_ROOM:,} addresses",
        "all of them are private",
    )
