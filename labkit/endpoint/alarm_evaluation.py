"""
What state an alarm has, given the data points it looks at: AWS's rules, and nothing else.

An alarm looks at more periods than it counts, so that points which are late
or rare are found.  Points that are there come first: the newest N of them
decide alone.  Only if there are fewer do gaps take the part that the alarm's
``TreatMissingData`` gives them.

Source: Amazon CloudWatch User Guide, "Configuring how CloudWatch alarms treat
missing data" and "Avoiding premature transitions to alarm state".
"""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum
from operator import ge, gt, le, lt
from typing import TYPE_CHECKING, Final, NamedTuple

if TYPE_CHECKING:
    from collections.abc import Sequence

OPERATORS: Final = {
    "GreaterThanOrEqualToThreshold": ge,
    "GreaterThanThreshold": gt,
    "LessThanThreshold": lt,
    "LessThanOrEqualToThreshold": le,
}
"""How a value breaches a threshold, by AWS's names."""

EXTRA_PERIODS: Final = 2
"""
How many periods an alarm looks back beyond those it counts.

AWS says that there are some; its published tables show 5 for 3.
"""


class State(StrEnum):
    """The states of an alarm."""

    OK = "OK"
    ALARM = "ALARM"
    INSUFFICIENT_DATA = "INSUFFICIENT_DATA"


class Missing(StrEnum):
    """What a gap counts as, by AWS's names."""

    MISSING = "missing"
    IGNORE = "ignore"
    BREACHING = "breaching"
    NOT_BREACHING = "notBreaching"


@dataclass(frozen=True, slots=True)
class Rule:
    """
    When an alarm goes off.

    Args:
        operator: One of :data:`OPERATORS`.
        threshold: What values are compared with.
        periods: How many points count: N, AWS's ``EvaluationPeriods``.
        datapoints: How many of them must breach: M, AWS's ``DatapointsToAlarm``.
        missing: What gaps count as.
    """

    operator: str
    threshold: float
    periods: int
    datapoints: int
    missing: Missing = Missing.MISSING

    @property
    def looks_at(self) -> int:
        """How many periods the alarm looks at; more than it counts."""
        return self.periods + EXTRA_PERIODS

    def breaches(self, value: float) -> bool:
        """Whether a value is on the bad side of the threshold."""
        return bool(OPERATORS[self.operator](value, self.threshold))


class Verdict(NamedTuple):
    """
    The state an alarm has, and what that rests on.

    ``counted`` are the places of the points that were counted, newest first;
    ``filled`` is the number of gaps that took part as what the rule gives them.
    """

    state: State
    counted: tuple[int, ...]
    filled: int


def evaluate(rule: Rule, points: Sequence[float | None], state: State) -> Verdict:
    """
    The state of an alarm after looking at its points.

    Args:
        rule: When it goes off.
        points: The value of each period it looks at, newest last; None for a gap.
        state: The state it had until now.

    >>> rule = Rule("GreaterThanThreshold", 0, periods=3, datapoints=3)
    >>> evaluate(rule, [0, None, None, None, None], State.ALARM).state
    <State.OK: 'OK'>
    >>> evaluate(rule, [None, None, 1, None, None], State.OK).state
    <State.ALARM: 'ALARM'>
    """
    looked_at = points[-rule.looks_at :]
    there = [place for place, value in enumerate(looked_at) if value is not None]
    counted = tuple(reversed(there[-rule.periods :]))
    filled = rule.periods - len(counted)
    return Verdict(_state(rule, looked_at, counted, state), counted, filled)


def _state(
    rule: Rule, points: Sequence[float | None], counted: Sequence[int], state: State
) -> State:
    gaps = rule.periods - len(counted)
    breaching = [place for place in counted if rule.breaches(_value(points, place))]
    assumed = gaps if rule.missing is Missing.BREACHING else 0
    if len(breaching) + assumed >= rule.datapoints:
        return State.ALARM
    if len(breaching) < len(counted) or rule.missing in _KNOWN:
        return State.OK
    if rule.missing is Missing.IGNORE:
        return state
    if not counted:
        return State.INSUFFICIENT_DATA
    # Too few points, all of them bad.  One that has been waiting for M periods is believed;
    # after a fresh one the next may be good, so the alarm stays as it is.
    age = len(points) - breaching[-1]
    return State.ALARM if age >= rule.datapoints else state


_KNOWN: Final = (Missing.BREACHING, Missing.NOT_BREACHING)


def _value(points: Sequence[float | None], place: int) -> float:
    value = points[place]
    assert value is not None, "only places of points are counted"  # noqa: S101  for the type
    return value
