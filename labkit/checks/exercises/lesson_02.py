"""Lesson 02, subnets: how many fit, a twin in another zone, and the table that nobody named."""

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
    from labkit.network.topology import Subnet

# The first four addresses of every subnet, and the last.
# Source: Amazon VPC User Guide, "Subnet CIDR blocks".
_KEPT_BY_AWS: Final = 5
_KEPT_ELSEWHERE: Final = 2
_ASKED_FOR: Final = IPv4Network("10.1.9.0/26")
_MACHINES: Final = 60


def _fits(length: int) -> int:
    """How many machines a subnet of this length has room for."""
    return int(2 ** (32 - length)) - _KEPT_BY_AWS


@judge("02-how-many", fit_into_26=int, length_needed=int)
def how_many(_: CloudLab, fit_into_26: int, length_needed: int) -> Outcome:
    if fit_into_26 != _fits(_ASKED_FOR.prefixlen):
        return not_yet(
            observed=f"you say {fit_into_26} machines fit into a /{_ASKED_FOR.prefixlen}.",
            expected="the addresses that are left once AWS has taken its own.",
            look=_miscounted(fit_into_26),
        )
    counted = f"{fit_into_26} machines fit into a /{_ASKED_FOR.prefixlen}"
    if not 16 <= length_needed <= 28 or _fits(length_needed) < _MACHINES:
        return almost(
            holds=f"{counted}.",
            fails=f"a /{length_needed} is no subnet that holds {_MACHINES} machines.",
            look="which way it goes: each bit more in the length halves the range.",
        )
    if _fits(length_needed + 1) >= _MACHINES:
        return almost(
            holds=f"{counted}, and {_MACHINES} machines fit into a /{length_needed}.",
            fails=f"a /{length_needed} has room for {_fits(length_needed)}, and there is something "
            f"smaller that still holds {_MACHINES}.",
            look="the next longer length. What is 2 to the power of its free bits, minus five?",
        )
    return done(counted, f"/{length_needed} is the longest length with room for {_MACHINES}")


def _miscounted(said: int) -> str:
    whole = _ASKED_FOR.num_addresses
    if said == whole:
        return "the five addresses that AWS keeps in every subnet. You counted them in."
    if said == whole - _KEPT_ELSEWHERE:
        return (
            "how many AWS keeps. Two, the first and the last, is what other networks keep; "
            "AWS takes three more: router, DNS, and one for the future."
        )
    return "how many bits a /26 leaves free: 32 - 26. Then 2 to that power, and what AWS keeps."


_TWIN: Final = "subnet-a2"
_ROOM: Final = 100


@judge("02-second-home")
def second_home(lab: CloudLab) -> Outcome:
    state = NetworkState.of(lab)
    twins = [each for each in state.topology.subnets.values() if each.name == _TWIN]
    if not twins:
        return not_attempted(
            f"Make one `create_subnet` call, with the tags of a subnet named {_TWIN}, and run the "
            "cell."
        )
    twin = twins[0]
    home = state.topology.vpc(twin.vpc_id).name
    if home != A.vpc:
        return not_yet(
            observed=f"{_TWIN} is in {home}.",
            expected=f"a subnet of {A.vpc}.",
            look="the argument `VpcId`.",
        )
    return _judge_twin(state.subnet(A.subnet), twin)


def _judge_twin(first: Subnet, twin: Subnet) -> Outcome:
    room = twin.cidrs[0].num_addresses - _KEPT_BY_AWS
    where = f"{_TWIN} is in {A.vpc}"
    if twin.zone == first.zone:
        return almost(
            holds=f"{where}, with room for {room} machines.",
            fails=f"it is in {twin.zone}, as {first.name} is. One fire takes both.",
            look="the argument `AvailabilityZone`: any other of the zones printed above.",
        )
    if room < _ROOM:
        return almost(
            holds=f"{where}, in a zone of its own.",
            fails=f"{twin.cidrs[0]} has room for {room} machines, and {_ROOM} are needed.",
            look="the number after the slash. A /26 holds 64, a /25 twice that; AWS keeps five.",
        )
    return done(
        where,
        f"it has room for at least {_ROOM} machines",
        f"it is in another zone than {first.name}",
    )


@judge("02-which-table", table_of_subnet_b=str)
def which_table(lab: CloudLab, table_of_subnet_b: str) -> Outcome:
    state = NetworkState.of(lab)
    used = state.table_of(B.subnet)
    if table_of_subnet_b == used.route_table_id:
        how = "its VPC's main table" if used.main else "the one associated with it"
        return done(f"packets that leave {B.subnet} ask this table", f"it is {how}")
    table = state.topology.route_tables.get(table_of_subnet_b)
    if table is not None and state.topology.vpc(table.vpc_id).name != B.vpc:
        return not_yet(
            observed=f"{table_of_subnet_b} belongs to {state.topology.vpc(table.vpc_id).name}.",
            expected=f"a table of {B.vpc}: a subnet uses tables of its own VPC only.",
            look=f"the filter `vpc-id`. {B.subnet} is in the other VPC.",
        )
    if table_of_subnet_b.startswith("rtbassoc-"):
        return not_yet(
            observed=f"{table_of_subnet_b} is an association: what ties a table to its users.",
            expected="the table at the other end of it.",
            look="`RouteTableId`, right beside the list of associations.",
        )
    return not_yet(
        observed=f"{table_of_subnet_b!r} is not the id of a table that {B.subnet} uses.",
        expected="an id that begins with `rtb-`. There always is one.",
        look="the diagram above: what does a subnet use that nobody gave a table?",
    )
