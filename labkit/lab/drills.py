"""
Fire drills: what an alarm would say to data that nobody has measured.

Each row of points becomes a metric of its own with an alarm of its own, which
acts on nothing and is deleted at the end.  So it is CloudWatch that decides,
whichever cloud it is, and nobody is woken.

Source: CloudWatch API Reference, PutMetricData and PutMetricAlarm.
"""

from __future__ import annotations

from datetime import UTC, datetime
from typing import TYPE_CHECKING, Any, Final

from labkit.errors import LabError

if TYPE_CHECKING:
    from collections.abc import Sequence

    from labkit.lab import CloudLab

PERIOD_S: Final = 300
"""Long enough that no point slides into another period while an alarm is looked at."""

# New data need a moment to be seen, and new alarms one to be looked at.
_AT_LEAST_S: Final = 150
_AT_MOST_S: Final = 600
_UNCHECKED: Final = "Unchecked"
_SYMBOLS: Final = {"X": 1.0, "0": 0.0, "-": None}


def points_of(row: str) -> list[float | None]:
    """
    A row of AWS's tables as counts: X breaches, 0 does not, - is missing; newest right.

    Raises:
        ValueError: There is another sign in it.

    >>> points_of("0 - X")
    [0.0, None, 1.0]
    """
    signs = row.split()
    unknown = [sign for sign in signs if sign not in _SYMBOLS]
    if unknown or not signs:
        raise ValueError(f"{row!r} is no row of points; write it like 0 - X - X, newest right.")
    return [_SYMBOLS[sign] for sign in signs]


def drill(lab: CloudLab, *rows: str | Sequence[float | None], **rule: Any) -> list[str]:  # noqa: ANN401  parameters of PutMetricAlarm
    """
    The state of a new alarm that looks at a row of points; for each row.

    A few minutes pass.  On AWS a drill costs a fraction of a cent: metrics and
    alarms are paid for by the hour.  Introduced in notebook 16.

    Args:
        lab: Where to make the alarms.
        rows: Like ``"0 - X - X"`` as in AWS's tables, where X breaches a threshold of 1;
            or how many events each period counted, with None for a gap. The newest is last.
        rule: Parameters of PutMetricAlarm, for example ``EvaluationPeriods=3``.

    Raises:
        ClientError: AWS does not take the rule.
        LabError: The alarms were not evaluated in time.
    """
    drilled = [points_of(row) if isinstance(row, str) else list(row) for row in rows]
    now_s = lab.clock.now()
    names = [f"{lab.name}-drill-{int(now_s)}-{number}" for number in range(len(drilled))]
    for name, points in zip(names, drilled, strict=True):
        _measure(lab, name, points, now_s)
    try:
        for name in names:
            _arm(lab, name, rule)
        states = _states(lab, names)
    finally:
        lab.cloudwatch.delete_alarms(AlarmNames=names)
    return [states[name] for name in names]


def _states(lab: CloudLab, names: list[str]) -> dict[str, str]:
    """The state of each alarm, once all of them have been evaluated."""
    give_up_s = lab.clock.now() + _AT_MOST_S
    lab.clock.sleep(_AT_LEAST_S)
    while True:
        found = lab.cloudwatch.describe_alarms(AlarmNames=names)["MetricAlarms"]
        if not any(each["StateReason"].startswith(_UNCHECKED) for each in found):
            return {alarm["AlarmName"]: alarm["StateValue"] for alarm in found}
        if lab.clock.now() >= give_up_s:
            raise LabError(
                f"After {_AT_MOST_S // 60} minutes CloudWatch has not looked at every alarm of "
                "the drill. Run the cell again."
            )
        lab.clock.sleep(60)


def _measure(lab: CloudLab, name: str, points: Sequence[float | None], now_s: float) -> None:
    """Put each count into the middle of its period, as a metric filter counts: so many ones."""
    data = [
        {
            "MetricName": name,
            "Timestamp": _moment(now_s, periods_ago),
            "Values": [1.0 if count else 0.0],
            "Counts": [count or 1.0],
        }
        for periods_ago, count in enumerate(reversed(points))
        if count is not None
    ]
    if data:
        lab.cloudwatch.put_metric_data(Namespace=_namespace(lab), MetricData=data)


def _moment(now_s: float, periods_ago: int) -> datetime:
    return datetime.fromtimestamp(now_s - (periods_ago + 0.5) * PERIOD_S, UTC)


def _namespace(lab: CloudLab) -> str:
    return f"{lab.name}/drills"


def _arm(lab: CloudLab, name: str, rule: dict[str, Any]) -> None:
    usual = {
        "Statistic": "Sum",
        "EvaluationPeriods": 1,
        "Threshold": 1.0,
        "ComparisonOperator": "GreaterThanOrEqualToThreshold",
    }
    metric = {"Namespace": _namespace(lab), "MetricName": name, "Period": PERIOD_S}
    lab.cloudwatch.put_metric_alarm(AlarmName=name, Tags=lab.tags.of(name), **usual | rule | metric)
