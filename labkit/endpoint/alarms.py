"""
The alarms there are: looked at minute by minute, with what becomes of it.

An alarm of a minute or more is evaluated at the end of every minute, over
periods that end there; one of less, at the end of each of its periods.  While
no data lie in the periods it looks at, its state cannot change, so it is left
alone until some come in.

Source: Amazon CloudWatch User Guide, "Using Amazon CloudWatch alarms".
"""

from __future__ import annotations

from dataclasses import dataclass, field
from math import ceil, inf
from typing import TYPE_CHECKING, Any, Final, NamedTuple

from labkit.endpoint import alarm_actions, alarm_words
from labkit.endpoint.agenda import source
from labkit.endpoint.alarm_evaluation import Rule, State, evaluate
from labkit.endpoint.metric_data import Metric, MetricData

if TYPE_CHECKING:
    from collections.abc import Mapping

    from labkit.endpoint.alarm_evaluation import Verdict
    from labkit.endpoint.application import EmbeddedAws
    from labkit.endpoint.metric_data import Summary

MINUTE_S: Final = 60
_ACTIONS: Final = {
    State.OK: "OKActions",
    State.ALARM: "AlarmActions",
    State.INSUFFICIENT_DATA: "InsufficientDataActions",
}


@dataclass(frozen=True, slots=True)
class AlarmConfig:
    """
    What an alarm watches and does.

    Args:
        region: Its region.
        name: Its name, unique there.
        arn: ``arn:aws:cloudwatch:...:alarm:name``.
        metric: What it watches.
        statistic: The statistic of each period.
        period_s: How long a period is [s].
        rule: When it goes off.
        unit: Only data with this unit count; None for all.
        given: The parameters of PutMetricAlarm as they came.
    """

    region: str
    name: str
    arn: str
    metric: Metric
    statistic: str
    period_s: int
    rule: Rule
    unit: str | None
    given: Mapping[str, Any]

    @property
    def step_s(self) -> int:
        """How often it is evaluated [s]."""
        return min(self.period_s, MINUTE_S)


class HistoryItem(NamedTuple):
    """Something that happened to an alarm, by name because alarms go and history stays."""

    region: str
    alarm_name: str
    at_s: float
    kind: str
    summary: str
    data: str


@dataclass
class Alarm:
    """An alarm as it stands; times are Unix times [s]."""

    config: AlarmConfig
    configured_s: float
    actions_enabled: bool
    updated_s: float
    transitioned_s: float
    state: State = State.INSUFFICIENT_DATA
    reason: str = alarm_words.UNCHECKED
    reason_data: str = ""
    evaluated_s: float = -inf
    due_s: float = inf

    def actions(self, state: State) -> list[str]:
        """The ARNs of what is to happen when the alarm gets into a state."""
        return list(self.config.given.get(_ACTIONS[state]) or ())


@dataclass
class Alarms:
    """All alarms of one application; ``aws.extension(Alarms)``."""

    aws: EmbeddedAws
    history: list[HistoryItem] = field(default_factory=list)
    _alarms: dict[tuple[str, str], Alarm] = field(default_factory=dict)

    def __post_init__(self) -> None:
        self._data = self.aws.extension(MetricData)
        self._data.watch(self._have_new_data)

    def of(self, region: str) -> list[Alarm]:
        """The alarms of a region, by name."""
        return [self._alarms[key] for key in sorted(self._alarms) if key[0] == region]

    def find(self, region: str, name: str) -> Alarm | None:
        """The alarm of a name."""
        return self._alarms.get((region, name))

    def put(self, config: AlarmConfig, *, actions_enabled: bool) -> None:
        """Make an alarm, or give one another configuration; then it keeps its state."""
        now_s = self.aws.clock.now()
        before = self.find(config.region, config.name)
        if before is None:
            alarm = Alarm(config, now_s, actions_enabled, now_s, now_s, evaluated_s=now_s)
            self._alarms[config.region, config.name] = alarm
        else:
            alarm = before
            alarm.config, alarm.configured_s = config, now_s
            alarm.actions_enabled = actions_enabled
        self._wake(alarm)
        self._note(alarm, "ConfigurationUpdate", *alarm_words.configured(alarm, before is None))

    def delete(self, region: str, name: str) -> None:
        """Remove an alarm; its history stays."""
        alarm = self._alarms.pop((region, name), None)
        if alarm is not None:
            self._note(alarm, "ConfigurationUpdate", *alarm_words.deleted(alarm))

    def enable_actions(self, alarm: Alarm, *, enabled: bool) -> None:
        """Let an alarm act, or not."""
        if alarm.actions_enabled is not enabled:
            alarm.actions_enabled = enabled
            alarm.configured_s = self.aws.clock.now()
            self._note(alarm, "ConfigurationUpdate", *alarm_words.configured(alarm, False))

    def set_state(self, alarm: Alarm, state: State, reason: str, reason_data: str) -> None:
        """Give an alarm a state, until the next evaluation puts it right."""
        self._update(alarm, state, reason, reason_data)
        self._wake(alarm)

    def next_due_s(self) -> float:
        """When the next alarm is evaluated [Unix s]."""
        return min((alarm.due_s for alarm in self._alarms.values()), default=inf)

    def run(self, at_s: float, until_s: float) -> None:  # noqa: ARG002  a minute may change it all
        """Evaluate the alarms that are due."""
        with self.aws.active("EvaluateAlarms"):
            for key in sorted(self._alarms):
                if self._alarms[key].due_s <= at_s:
                    self._evaluate(self._alarms[key], at_s)

    def _evaluate(self, alarm: Alarm, at_s: float) -> None:
        config = alarm.config
        alarm.due_s = at_s + config.step_s  # whatever happens below
        periods = self._periods(config, at_s)
        values = [None if each is None else each.statistic(config.statistic) for each in periods]
        verdict = evaluate(config.rule, values, alarm.state)
        alarm.evaluated_s = at_s
        alarm.due_s = self._next_evaluation_s(config, verdict, at_s)
        if verdict.state is not alarm.state or alarm.reason == alarm_words.UNCHECKED:
            seen = alarm_words.Seen(at_s, periods, values, verdict)
            reason, data = alarm_words.reason(config, seen), alarm_words.reason_data(config, seen)
            self._update(alarm, verdict.state, reason, data)

    def _periods(self, config: AlarmConfig, at_s: float) -> list[Summary | None]:
        """What the alarm looks at, period by period, newest last; None where there are no data."""
        looks_at, period_s = config.rule.looks_at, config.period_s
        first_s = at_s - looks_at * period_s
        found: list[Summary | None] = [None] * looks_at
        for each in self._data.periods(config.metric, first_s, at_s, period_s, config.unit):
            found[int((each.start_s - first_s) // period_s)] = each
        return found

    def _next_evaluation_s(self, config: AlarmConfig, verdict: Verdict, at_s: float) -> float:
        """The next instant at which the state may be another."""
        if verdict.counted:
            return at_s + config.step_s
        coming_s = self._data.next_after(config.metric, at_s)
        return inf if coming_s is None else _boundary(coming_s + 1, config.step_s)

    def _update(self, alarm: Alarm, state: State, reason: str, reason_data: str) -> None:
        before = alarm_words.Moment.of(alarm)
        now_s = self.aws.clock.now()
        alarm.reason, alarm.reason_data, alarm.updated_s = reason, reason_data, now_s
        if state is alarm.state:
            return
        alarm.state, alarm.transitioned_s = state, now_s
        self._note(alarm, "StateUpdate", *alarm_words.transition(alarm, before))
        if alarm.actions_enabled:
            for arn in alarm.actions(state):
                outcome = alarm_actions.act(self.aws, alarm, before, arn)
                self._note(alarm, "Action", *outcome)

    def _have_new_data(self, metric: Metric) -> None:
        for alarm in self._alarms.values():
            if alarm.config.metric == metric:
                self._wake(alarm, at_once=True)

    def _wake(self, alarm: Alarm, *, at_once: bool = False) -> None:
        """Have an alarm evaluated at the next instant there is, be it now."""
        step_s, now_s = alarm.config.step_s, self.aws.clock.now()
        next_s = _boundary(now_s, step_s)
        if next_s == now_s and not (at_once and alarm.evaluated_s < now_s):
            next_s += step_s
        alarm.due_s = min(alarm.due_s, next_s)

    def _note(self, alarm: Alarm, kind: str, summary: str, data: str) -> None:
        config, now_s = alarm.config, self.aws.clock.now()
        self.history.append(HistoryItem(config.region, config.name, now_s, kind, summary, data))


source(Alarms)


def _boundary(at_s: float, step_s: int) -> float:
    """The first instant at or after *at_s* at which alarms of a step are evaluated."""
    return ceil(at_s / step_s) * step_s
