"""
How AWS words what happens to an alarm: reasons, their data, history.

Source: public recordings of DescribeAlarms, DescribeAlarmHistory and of
notifications; the API Reference leaves these texts open.
"""

from __future__ import annotations

import json
from datetime import UTC, datetime
from typing import TYPE_CHECKING, Any, Final, NamedTuple

from labkit.endpoint.alarm_evaluation import Missing, State

if TYPE_CHECKING:
    from collections.abc import Sequence

    from labkit.endpoint.alarm_evaluation import Verdict
    from labkit.endpoint.alarms import Alarm, AlarmConfig
    from labkit.endpoint.metric_data import Summary

UNCHECKED: Final = "Unchecked: Initial alarm creation"
_COMPARED: Final = {
    "GreaterThanOrEqualToThreshold": "greater than or equal to",
    "GreaterThanThreshold": "greater than",
    "LessThanThreshold": "less than",
    "LessThanOrEqualToThreshold": "less than or equal to",
}
_TREATED: Final = {Missing.BREACHING: "Breaching", Missing.NOT_BREACHING: "NonBreaching"}


class Moment(NamedTuple):
    """The state of an alarm at a moment [Unix s]."""

    state: State
    reason: str
    reason_data: str
    updated_s: float

    @classmethod
    def of(cls, alarm: Alarm) -> Moment:
        """The state an alarm has now."""
        return cls(alarm.state, alarm.reason, alarm.reason_data, alarm.updated_s)


class Seen(NamedTuple):
    """What an alarm saw when it was evaluated [Unix s]: periods and values, newest last."""

    at_s: float
    periods: Sequence[Summary | None]
    values: Sequence[float | None]
    verdict: Verdict

    def counted(self) -> list[tuple[Summary, float]]:
        """The points that counted, newest first."""
        pairs = ((self.periods[place], self.values[place]) for place in self.verdict.counted)
        return [(each, value) for each, value in pairs if each is not None and value is not None]


def timestamp(at_s: float) -> str:
    """A time [Unix s] as alarms write it, such as 2026-01-05T09:00:00.000+0000."""
    moment = datetime.fromtimestamp(at_s, UTC)
    return f"{moment:%Y-%m-%dT%H:%M:%S}.{moment.microsecond // 1000:03d}+0000"


def reason(config: AlarmConfig, seen: Seen) -> str:
    """Why an alarm has the state it has."""
    state, counted = seen.verdict.state, seen.counted()
    if state is State.INSUFFICIENT_DATA:
        return f"Insufficient Data: {_were(config.rule.periods, 'datapoint')} unknown."
    deciding = [each for each in counted if config.rule.breaches(each[1]) == (state is State.ALARM)]
    gaps = _gaps(config, seen.verdict.filled)
    if not deciding:
        received = _were(len(counted), "datapoint") if counted else "no datapoints were"
        periods = _number(config.rule.periods, "period")
        return f"Threshold Crossed: {received} received for {periods}{gaps}."
    return (
        f"Threshold Crossed: {_crossing(config, state, deciding)}{gaps}{_minimum(config, state)}."
    )


def _crossing(config: AlarmConfig, state: State, deciding: Sequence[tuple[Summary, float]]) -> str:
    points = ", ".join(
        f"{value} ({datetime.fromtimestamp(each.start_s, UTC):%d/%m/%y %H:%M:%S})"
        for each, value in deciding
    )
    number, rule = len(deciding), config.rule
    if "DatapointsToAlarm" in config.given:
        which = f"{number} out of the last {rule.periods} datapoints"
    else:
        which = _number(number, "datapoint")
    verb = "was" if number == 1 else "were"
    negation = "" if state is State.ALARM else "not "
    compared = _COMPARED[rule.operator]
    return f"{which} [{points}] {verb} {negation}{compared} the threshold ({rule.threshold})"


def _gaps(config: AlarmConfig, filled: int) -> str:
    treated = _TREATED.get(config.rule.missing)
    if not filled or treated is None:
        return ""
    return f" and {_were(filled, 'missing datapoint')} treated as [{treated}]"


def _minimum(config: AlarmConfig, state: State) -> str:
    if "DatapointsToAlarm" not in config.given:
        return ""
    rule = config.rule
    if state is State.ALARM:
        return f" (minimum {_number(rule.datapoints, 'datapoint')} for OK -> ALARM transition)"
    needed = rule.periods - rule.datapoints + 1
    return f" (minimum {_number(needed, 'datapoint')} for ALARM -> OK transition)"


def _number(number: int, noun: str) -> str:
    return f"{number} {noun}" if number == 1 else f"{number} {noun}s"


def _were(number: int, noun: str) -> str:
    return f"{_number(number, noun)} {'was' if number == 1 else 'were'}"


def reason_data(config: AlarmConfig, seen: Seen) -> str:
    """The same for programs, as JSON."""
    counted = seen.counted()
    data: dict[str, Any] = {"version": "1.0", "queryDate": timestamp(seen.at_s)}
    if counted:
        data["startDate"] = timestamp(counted[-1][0].start_s)
    if config.unit:
        data["unit"] = config.unit
    data |= {
        "statistic": config.statistic,
        "period": config.period_s,
        "recentDatapoints": [value for _, value in reversed(counted)],
        "threshold": config.rule.threshold,
        "evaluatedDatapoints": [
            {
                "timestamp": timestamp(each.start_s),
                "sampleCount": float(each.samples),
                "value": value,
            }
            for each, value in counted
        ],
    }
    return _json(data)


def transition(alarm: Alarm, before: Moment) -> tuple[str, str]:
    """Summary and data of the history item for a change of state."""
    data = {"version": "1.0", "oldState": _state(before), "newState": _state(Moment.of(alarm))}
    return f"Alarm updated from {before.state} to {alarm.state}", _json(data)


def _state(moment: Moment) -> dict[str, Any]:
    shown: dict[str, Any] = {"stateValue": moment.state, "stateReason": moment.reason}
    if moment.reason_data:
        shown["stateReasonData"] = json.loads(moment.reason_data)
    return shown


def configured(alarm: Alarm, is_new: bool) -> tuple[str, str]:  # noqa: FBT001  one of two
    """Summary and data of the history item for an alarm that was made or changed."""
    kind, member = ("Create", "createdAlarm") if is_new else ("Update", "updatedAlarm")
    data = {"version": "1.0", "type": kind, member: _configuration(alarm)}
    return f'Alarm "{alarm.config.name}" {kind.lower()}d', _json(data)


def deleted(alarm: Alarm) -> tuple[str, str]:
    """Summary and data of the history item for an alarm that was deleted."""
    data = {"version": "1.0", "type": "Delete", "deletedAlarm": _configuration(alarm)}
    return f'Alarm "{alarm.config.name}" deleted', _json(data)


def _configuration(alarm: Alarm) -> dict[str, Any]:
    given = {name[0].lower() + name[1:]: each for name, each in alarm.config.given.items()}
    given.pop("tags", None)
    return {
        **given,
        "alarmArn": alarm.config.arn,
        "actionsEnabled": alarm.actions_enabled,
        "stateValue": alarm.state,
        "alarmConfigurationUpdatedTimestamp": timestamp(alarm.configured_s),
    }


def _json(data: dict[str, Any]) -> str:
    return json.dumps(data, separators=(",", ":"))
