"""Lesson 17, automation: what a function makes of records, whom it locks out, what it may do."""

from __future__ import annotations

import json
from collections.abc import Mapping
from fnmatch import fnmatchcase
from numbers import Real
from typing import TYPE_CHECKING, Final

from labkit.checks.judges import judge
from labkit.checks.outcome import almost, done, not_yet
from labkit.checks.shown import shown
from labkit.checks.theirs import call
from labkit.steps import automation

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable

    from labkit.checks.outcome import Outcome
    from labkit.lab import CloudLab

# What no cell has shown: addresses of a network that the lab does not have.
_ENI: Final = "2 123456789012 eni-0a1b2c3d4e5f60718"
_QUIET: Final = f"{_ENI} - - - - - - - 1767600000 1767600059 - NODATA"
_LOST: Final = f"{_ENI} - - - - - - - 1767600060 1767600119 - SKIPDATA"


def _record(source: str, target: str, port: int, action: str = "REJECT") -> str:
    ends = f"{source} {target} 40000 {port} 6 1 60"
    return f"{_ENI} {ends} 1767600000 1767600030 {action} OK"


_BATCH: Final = [
    _record("172.16.5.9", "172.16.7.1", 22),
    _record("172.16.5.9", "172.16.7.1", 22),
    _record("172.16.5.9", "172.16.7.1", 23),
    _QUIET,
    _record("172.16.5.9", "172.16.7.2", 22),
    _record("172.16.6.4", "172.16.7.1", 443),
    _LOST,
    _record("172.16.6.4", "172.16.7.1", 80, "ACCEPT"),
    _record("172.16.8.8", "172.16.7.1", 80, "ACCEPT"),
]
_DOORS: Final = {"172.16.5.9": 3, "172.16.6.4": 1}


@judge("17-doors", doors="callable")
def doors_of_each_source(_lab: CloudLab, doors: Callable[..., object]) -> Outcome:
    plain = call(doors, [_record("172.16.5.9", "172.16.7.1", 22)])
    if _refused(plain) != {"172.16.5.9": 1}:
        return _not_even_one(plain)
    found = call(doors, list(_BATCH))
    if _refused(found) != _DOORS:
        return _miscounted(found)
    nothing = call(doors, [])
    if _refused(nothing) != {}:
        return almost(
            holds="the doors of every source are counted.",
            fails=f"no records give {shown(nothing)}, not an empty dictionary.",
            look="what happens if there is nothing to go through.",
        )
    return done(
        "every door of a source counts once",
        "accepted records do not count",
        "records without traffic do no harm",
    )


def _refused(answer: object) -> dict[str, float] | None:
    """The sources in an answer that were refused at all; None if it has no numbers for sources."""
    if not isinstance(answer, Mapping) and not hasattr(answer, "items"):  # so has a pandas Series
        return None
    numbers = dict(answer.items())
    if not all(isinstance(each, Real) for each in numbers.values()):
        return None
    return {source: number for source, number in numbers.items() if number}


def _not_even_one(plain: object) -> Outcome:
    if isinstance(plain, dict) and list(plain) == ["172.16.7.1"]:
        return not_yet(
            observed="one record, and the answer names its *destination*.",
            expected="who knocked: the source.",
            look="the numbers of the fields. The source is 3, the destination 4.",
        )
    return not_yet(
        observed=f"for one rejected record the answer is {shown(plain)}.",
        expected="a dictionary from the record's source to 1.",
        look="the end of the function: it has to `return` the dictionary."
        if plain is None
        else "what is put into the dictionary, and what is given back.",
    )


def _miscounted(answer: object) -> Outcome:
    found = _refused(answer)
    if found is None:
        return not_yet(
            observed=f"for {len(_BATCH)} records the answer is {shown(answer)}.",
            expected="a dictionary from each source to a number.",
            look="what is given back.",
        )
    if "-" in found:
        return not_yet(
            observed="the source `-` is in the answer, as if it had knocked.",
            expected="sources that were refused. A `-` stands where nothing was seen.",
            look="the action, field 12: in a NODATA record it is neither ACCEPT nor REJECT.",
        )
    if "172.16.8.8" in found:
        return not_yet(
            observed="a source is in the answer of which everything was accepted.",
            expected="doors at which somebody was refused.",
            look="field 12. The subscription filters, but who knows for how long.",
        )
    number = found.get("172.16.5.9")
    if number == 4:
        return not_yet(
            observed="4 for a source that knocked four times, twice at the same door.",
            expected="how many *different* doors.",
            look="a set: it keeps every value once.",
        )
    if number == 2:
        return almost(
            holds="accepted and empty records are left out, and nothing counts twice.",
            fails="a source was refused at port 22 of two hosts, and that counts as one door.",
            look="what a door is: an address *and* a port.",
        )
    return not_yet(
        observed=f"for {len(_BATCH)} records the answer is {shown(answer)}.",
        expected=f"{_DOORS!r}.",
        look="each record for itself: which source, which door, which action?",
    )


_SPARED: Final = ["192.168.9.0/24", "192.168.40.16/28"]
_FOUND: Final = {
    "192.168.3.7": 12,
    "192.168.3.8": 5,
    "192.168.3.9": 4,
    "192.168.9.30": 40,
    "192.168.90.30": 40,
    "192.168.40.17": 9,
    "192.168.40.40": 9,
    "-": 30,
}
_OUT: Final = {"192.168.3.7", "192.168.3.8", "192.168.90.30", "192.168.40.40"}


@judge("17-suspects", suspects="callable")
def whom_to_lock_out(_lab: CloudLab, suspects: Callable[..., object]) -> Outcome:
    nobody_spared = {"192.168.3.7": 12, "192.168.3.9": 4}
    answer = call(suspects, dict(nobody_spared), [])
    first = _named(answer)
    if first is None:
        return _no_collection(answer)
    if first != {"192.168.3.7"}:
        return _not_the_many(first)
    found = _named(call(suspects, dict(_FOUND), list(_SPARED))) or set()
    if found == _OUT:
        return done(
            "five doors are many, four are not",
            "nobody from a spared network is named, whatever an address looks like",
            "what is no address is left out",
        )
    return _wrong_ones(found)


def _named(result: object) -> set[str] | None:
    """The sources in an answer, whatever kind of collection it is."""
    if isinstance(result, str) or not hasattr(result, "__iter__"):
        return None
    return {str(each) for each in result}


def _no_collection(answer: object) -> Outcome:
    return not_yet(
        observed=f"the answer is {shown(answer)}, which is no collection of sources.",
        expected="a list with every source that goes into quarantine.",
        look="the end of the function: it has to `return` the list."
        if answer is None
        else "the brackets around it: `[source for source, number in found.items() if ...]`.",
    )


def _not_the_many(found: Iterable[str]) -> Outcome:
    return not_yet(
        observed=f"of one source with 12 doors and one with 4, the answer names "
        f"{', '.join(sorted(found)) or 'none'}.",
        expected="those with 5 or more.",
        look="the comparison with `MANY`.",
    )


def _wrong_ones(found: set[str]) -> Outcome:
    if "-" in found:
        return almost(
            holds="sources with many doors are named.",
            fails="so is `-`, and no interface has that address.",
            look="a condition that leaves out what is no address.",
        )
    if spared := sorted(found & {"192.168.9.30", "192.168.40.17"}):
        return not_yet(
            observed=f"{spared[0]} goes into quarantine, and is in a network to spare.",
            expected=f"nobody from {' or '.join(_SPARED)}.",
            look="whether a source lies *in* a network; the two texts are never equal.",
        )
    if hit := sorted(_OUT - {"192.168.3.8"} - found):
        return not_yet(
            observed=f"{hit[0]} with {_FOUND[hit[0]]} doors goes free, as if it were spared.",
            expected=f"mercy for those in {' and '.join(_SPARED)} alone.",
            look="how addresses and networks are compared. As texts, 192.168.90.30 looks like "
            "192.168.9; as numbers it does not.",
        )
    return almost(
        holds="who is spared is spared.",
        fails="5 doors exactly: the source goes free.",
        look="`>` or `>=`: MANY or more.",
    )


_NEEDED: Final = ("ec2:DescribeNetworkInterfaces", "ec2:ModifyNetworkInterfaceAttribute")
_OTHERS: Final = (
    "ec2:TerminateInstances",
    "ec2:DeleteFlowLogs",
    "ec2:ModifyInstanceAttribute",
    "ec2:AuthorizeSecurityGroupIngress",
    "ec2:DescribeInstances",
    "ec2:DescribeSecurityGroups",
    "ec2:CreateNetworkInterface",
    "ec2:DeleteNetworkInterface",
    "iam:PutRolePolicy",
    "lambda:UpdateFunctionCode",
)
_FOR_ITS_LOG: Final = ("logs:createlogstream", "logs:putlogevents")


@judge("17-least-privilege", actions=list)
def only_what_it_needs(lab: CloudLab, actions: list[object]) -> Outcome:
    allowed = _allowed(lab)
    if not {str(each).lower() for each in actions} <= set(allowed):
        return not_yet(
            observed="the role does not allow what `actions` says.",
            expected="the policy in the role to be the one in the notebook.",
            look="the cell that calls put_role_policy: run it again after a change.",
        )
    missing = [each for each in _NEEDED if not _covers(allowed, each)]
    if missing:
        which = "look up an interface" if missing[0] == _NEEDED[0] else "change its groups"
        return not_yet(
            observed=f"the function may not {which}.",
            expected="both calls of `quarantine` to be allowed.",
            look="the names of its two calls to `ec2`, letter by letter.",
        )
    if more := [each for each in _OTHERS if _covers(allowed, each)]:
        return almost(
            holds="quarantine can do its work.",
            fails=f"the function may also do {more[0]}.",
            look="the star, or the action that no call needs.",
        )
    needed = {*(each.lower() for each in _NEEDED), *_FOR_ITS_LOG}
    if more := sorted(set(allowed) - needed):
        return almost(
            holds="quarantine can do its work.",
            fails=f"the role also allows {more[0]}.",
            look="which call of the function needs it. Each action is written out, by its name.",
        )
    return done(
        "the interface can be found and its groups changed",
        "nothing else is allowed, but to write its own log",
    )


def _covers(allowed: Iterable[str], action: str) -> bool:
    return any(fnmatchcase(action.lower(), each) for each in allowed)


def _allowed(lab: CloudLab) -> list[str]:
    """What the function's role allows by its inline policies, in lower case."""
    name = automation.function_name(lab)
    documents = [
        lab.iam.get_role_policy(RoleName=name, PolicyName=policy)["PolicyDocument"]
        for policy in lab.iam.list_role_policies(RoleName=name)["PolicyNames"]
    ]
    read = [json.loads(each) if isinstance(each, str) else each for each in documents]
    statements = [each for document in read for each in document["Statement"]]
    actions = [each["Action"] for each in statements if each["Effect"] == "Allow"]
    return [one.lower() for each in actions for one in (each if isinstance(each, list) else [each])]
