"""Lesson 00, the tour: the interface that refused, and letting ping in again."""

from __future__ import annotations

from ipaddress import IPv4Network
from typing import TYPE_CHECKING

from labkit.checks.judges import judge
from labkit.checks.outcome import almost, done, not_attempted, not_yet
from labkit.checks.state import NetworkState
from labkit.checks.theirs import theirs
from labkit.network.explain import rule_text
from labkit.network.packet import Protocol
from labkit.steps.plan import SIDES, A, B, other

if TYPE_CHECKING:
    import pandas as pd

    from labkit.checks.outcome import Outcome
    from labkit.lab import CloudLab
    from labkit.network.topology import SecurityGroupRule
    from labkit.steps.plan import Side


@judge("00-who-refused", query=str)
def who_refused(lab: CloudLab, query: str) -> Outcome:
    records = lab.flow_records()
    refused = _count(records[records["action"] == "REJECT"])
    with theirs("your query"):
        rows = lab.insights(query)
    by_interface = _by(rows, refused)
    if by_interface is None:
        return _counted_by_something_else(rows, records)
    if by_interface == refused:
        return done(
            f"your query names the {len(refused)} interfaces that the records name",
            "it counts as many refusals for each",
        )
    if by_interface.keys() == refused.keys():
        return not_yet(
            observed="the right interfaces, with other counts than the refused records have: "
            f"{sum(by_interface.values())} instead of {sum(refused.values())} in all.",
            expected="rejected records only, each counted once.",
            look='your first line. Without `filter action="REJECT"` all records count.',
        )
    return almost(
        holds="you count by interface.",
        fails=f"{len(by_interface)} of {len(refused)} interfaces that refused are in your rows.",
        look="the last line of your query: does it cut rows off, or keep only some?",
    )


def _count(records: pd.DataFrame) -> dict[str, int]:
    """How many records each interface wrote."""
    return {str(name): int(n) for name, n in records.groupby("interface-id").size().items()}


def _by(rows: pd.DataFrame, interfaces: dict[str, int]) -> dict[str, int] | None:
    """Interface and number of each row, or None if there is not one column of either."""
    names = [name for name in rows if rows[name].isin(list(interfaces)).any()]
    numbers = [name for name in rows if rows[name].dtype.kind in "if"]
    if len(names) != 1 or len(numbers) != 1:
        return None
    return dict(zip(rows[names[0]], map(int, rows[numbers[0]]), strict=True))


def _counted_by_something_else(rows: pd.DataFrame, records: pd.DataFrame) -> Outcome:
    values = {str(value) for name in rows for value in rows[name]}
    expected = "one row for each interface that refused something, with a count."
    if values & {*records["srcaddr"].dropna(), *records["dstaddr"].dropna()}:
        return not_yet(
            observed="your rows name addresses. Those say whose packet it was, and for whom.",
            expected=expected,
            look="who *wrote* the record. Each record names the interface that did.",
        )
    return not_yet(
        observed=f"{len(rows)} rows with the columns {', '.join(map(str, rows)) or '(none)'}.",
        expected=expected,
        look="the word after `by`. Field names have to be spelt as the records spell them.",
    )


@judge("00-allow-ping-again")
def allow_ping_again(lab: CloudLab) -> Outcome:
    state = NetworkState.of(lab)
    rules = {side: state.rules_into(side.instance) for side in SIDES}
    if not any(rules.values()):
        return not_attempted("Give both security groups their ICMP rule again.")
    answered = {side: state.ping(side.instance, other(side).instance).answered for side in SIDES}
    if not any(answered.values()):
        return _still_shut(state, rules)
    if not all(answered.values()):
        return _one_way(answered)
    for side in SIDES:
        too_much = next((rule for rule in rules[side] if _opens_more(rule, other(side))), None)
        if too_much is not None:
            return almost(
                holds="pings are answered in both directions.",
                fails=f"the rule {rule_text(too_much)} lets more into {side.instance} than ping "
                f"from {other(side).vpc}.",
                look="protocol and range of the rule. What is not needed stays shut.",
            )
    return done(
        "pings from app-a to app-b and from app-b to app-a are answered",
        "nothing but ICMP may come in, and only from the other VPC",
    )


def _still_shut(state: NetworkState, rules: dict[Side, list[SecurityGroupRule]]) -> Outcome:
    shown = "; ".join(
        f"into {side.instance} {', '.join(map(rule_text, own)) or 'nothing'}"
        for side, own in rules.items()
    )
    return not_yet(
        observed=f"{state.explain(state.ping(A.instance, B.instance))} The rules let in: {shown}.",
        expected="each group lets ICMP in from the other VPC.",
        look="the protocol of the rule, and the range it allows: a rule names who may come *in*.",
    )


def _one_way(answered: dict[Side, bool]) -> Outcome:
    open_, shut = sorted(SIDES, key=lambda side: not answered[side])
    return almost(
        holds=f"a ping from {open_.instance} to {shut.instance} is answered.",
        fails=f"one from {shut.instance} to {open_.instance} is not.",
        look=f"{open_.security_group}. A group decides about requests that come *in* to its own "
        "instance; only replies pass without a rule.",
    )


def _opens_more(rule: SecurityGroupRule, far: Side) -> bool:
    """Whether a rule lets in anything but ICMP, or anybody outside the other VPC."""
    within = isinstance(rule.cidr, IPv4Network) and rule.cidr.subnet_of(IPv4Network(far.vpc_cidr))
    return rule.protocol != Protocol.ICMP or not within
