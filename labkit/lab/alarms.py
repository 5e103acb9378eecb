"""Alarms, waited for: what state one has, and what it said when it got there."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, Final

from labkit.errors import LabError, NameNotFound

if TYPE_CHECKING:
    from labkit.lab.cloud_lab import Clock

MINUTE_S: Final = 60.0
PATIENCE_S: Final = 1800.0
"""Long enough for records to arrive, and for a period of some minutes to pass."""


def wait_for_state(
    cloudwatch: Any,  # noqa: ANN401  boto3 clients carry no type
    clock: Clock,
    name: str,
    state: str,
    *,
    patience_s: float = PATIENCE_S,
) -> str:
    """
    The reason an alarm gives for a state, once it has it; it is asked every minute.

    Args:
        cloudwatch: A boto3 CloudWatch client.
        clock: What waiting means here.
        name: The alarm.
        state: ``OK``, ``ALARM`` or ``INSUFFICIENT_DATA``.
        patience_s: How long to wait at most [s].

    Raises:
        NameNotFound: There is no such alarm.
        LabError: It did not get there in time; says where it is, and why.
    """
    give_up_s = clock.now() + patience_s
    while True:
        found = cloudwatch.describe_alarms(AlarmNames=[name])["MetricAlarms"]
        if not found:
            there = cloudwatch.describe_alarms()["MetricAlarms"]
            raise NameNotFound("alarm", name, [alarm["AlarmName"] for alarm in there])
        [alarm] = found
        reason: str = alarm["StateReason"]
        if alarm["StateValue"] == state:
            return reason
        if clock.now() >= give_up_s:
            raise LabError(
                f"The alarm {name!r} is {alarm['StateValue']} and not {state}, after "
                f"{patience_s / MINUTE_S:.0f} minutes. It says: {reason} "
                "Look at its metric first: are there data in the minutes it watches?"
            )
        clock.sleep(MINUTE_S - clock.now() % MINUTE_S)
