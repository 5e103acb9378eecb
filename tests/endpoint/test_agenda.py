"""The agenda: what is due runs in order of time, when somebody looks, and sees its own instant."""

from __future__ import annotations

import threading
from contextvars import copy_context
from dataclasses import dataclass, field
from math import inf
from typing import TYPE_CHECKING, Any

import boto3
import pytest

from labkit.endpoint.agenda import Agenda
from labkit.endpoint.application import EmbeddedAws
from labkit.endpoint.clock import FIRST_INSTANT_S, VirtualClock, WallClock
from labkit.endpoint.in_process import attach

if TYPE_CHECKING:
    from collections.abc import Callable

T0 = FIRST_INSTANT_S


@dataclass
class Appointments:
    """A source with a list of instants; writes down when it ran, and what the clock said."""

    name: str
    aws: EmbeddedAws
    dues: list[float]
    log: list[tuple[str, float]]
    act: Callable[[], Any] = lambda: None
    spans: list[tuple[float, float]] = field(default_factory=list)

    def next_due_s(self) -> float:
        return min(self.dues, default=inf)

    def run(self, at_s: float, until_s: float) -> None:
        self.dues.remove(at_s)
        self.spans.append((at_s - T0, until_s - T0))
        self.log.append((self.name, self.aws.clock.now() - T0))
        self.act()


@pytest.fixture
def aws():
    return EmbeddedAws()


def client(aws: EmbeddedAws, service: str) -> Any:
    session = boto3.session.Session("LAB", "lab", region_name="us-east-1")
    attach(aws, session)
    return session.client(service)


def sources(aws: EmbeddedAws, **dues: list[float]) -> tuple[list[tuple[str, float]], Any]:
    log: list[tuple[str, float]] = []
    made = {
        name: Appointments(name, aws, [T0 + d for d in each], log) for name, each in dues.items()
    }
    for each in made.values():
        aws.extension(Agenda).add(each)
    return log, made


def test_what_is_due_runs_in_order_of_time_and_at_one_instant_in_order_of_registration(aws):
    log, _ = sources(aws, a=[30, 10, 60], b=[10, 20], c=[5])
    aws.clock.sleep(30)
    client(aws, "sts").get_caller_identity()
    assert log == [("c", 5), ("a", 10), ("b", 10), ("b", 20), ("a", 30)]
    assert aws.extension(Agenda).next_due_s() == T0 + 60


def test_nothing_runs_before_its_time_or_without_anybody_looking(aws):
    log, _ = sources(aws, a=[10])
    client(aws, "sts").get_caller_identity()
    aws.clock.sleep(100)
    assert log == []


def test_a_call_that_takes_time_is_followed_by_what_came_due_meanwhile(new_lab: Any):
    lab = new_lab(delivery="instant")
    start = lab.aws.clock.now() - T0
    log, _ = sources(lab.aws, a=[start + 1.5])
    lab.run("ping -c 3 10.2.1.10")
    assert log == [("a", start + 1.5)]


def test_a_source_hears_how_long_it_has_the_floor(aws):
    _, made = sources(aws, a=[10], b=[40])
    aws.clock.sleep(25)
    aws.extension(Agenda).catch_up()
    aws.clock.sleep(75)
    made["a"].dues.append(T0 + 30)
    aws.extension(Agenda).catch_up()
    assert made["a"].spans == [(10, 25), (30, pytest.approx(40))]
    assert made["a"].spans[1][1] < 40, "at 40 it is the other's turn"
    assert made["b"].spans == [(40, 100)]


def test_a_source_that_calls_the_application_sees_its_own_instant_and_does_not_start_over(aws):
    log, made = sources(aws, a=[10], b=[10])
    logs = client(aws, "logs")
    made["a"].act = lambda: logs.create_log_group(logGroupName="made-at-10")
    aws.clock.sleep(3600)
    [group] = logs.describe_log_groups()["logGroups"]
    assert group["creationTime"] == (T0 + 10) * 1000
    assert log == [("a", 10), ("b", 10)]
    assert aws.clock.now() == T0 + 3600


def test_time_that_a_source_takes_passes_from_its_instant_on(aws):
    seen = []

    def take_long() -> None:
        aws.clock.sleep(25)
        seen.append(aws.clock.now() - T0)

    log, made = sources(aws, a=[10], b=[20])
    made["a"].act = take_long
    aws.clock.sleep(12)
    aws.extension(Agenda).catch_up()
    assert (seen, log) == ([35], [("a", 10), ("b", 20)])
    assert aws.clock.now() == T0 + 35, "the present has moved on with it"


def test_a_thread_of_a_source_is_inside_and_any_other_waits_its_turn(aws):
    log, made = sources(aws, a=[10], b=[20])
    agenda, outsiders = aws.extension(Agenda), []

    def start_threads() -> None:
        inside = copy_context()
        helper = threading.Thread(target=lambda: inside.run(work))
        helper.start()
        helper.join(timeout=5)
        assert not helper.is_alive(), "the helper waits for the source that waits for it"
        outsider = threading.Thread(target=agenda.catch_up)
        outsider.start()
        outsiders.append(outsider)

    def work() -> None:
        agenda.catch_up()
        log.append(("helper", aws.clock.now() - T0))

    made["a"].act = start_threads
    aws.clock.sleep(60)
    agenda.catch_up()
    outsiders[0].join(timeout=5)
    assert log == [("a", 10), ("helper", 10), ("b", 20)]


def test_a_source_that_another_thread_is_changing_is_asked_again(aws):
    class Crowded(Appointments):
        asked = 0

        def next_due_s(self) -> float:
            Crowded.asked += 1
            if Crowded.asked % 2:
                raise RuntimeError("dictionary changed size during iteration")
            return super().next_due_s()

    log: list[tuple[str, float]] = []
    aws.extension(Agenda).add(Crowded("a", aws, [T0 + 10], log))
    aws.clock.sleep(60)
    aws.extension(Agenda).catch_up()
    assert log == [("a", 10)]


def test_a_source_that_stays_due_is_named_instead_of_running_for_ever(aws):
    _, made = sources(aws, restless=[0])
    made["restless"].act = lambda: made["restless"].dues.append(T0)
    with pytest.raises(RuntimeError, match="restless"):
        aws.extension(Agenda).catch_up()


def test_sources_that_keep_each_other_due_do_not_run_for_ever_either(aws):
    _, made = sources(aws, one=[0], other=[])
    made["one"].act = lambda: made["other"].dues.append(T0)
    made["other"].act = lambda: made["one"].dues.append(T0)
    with pytest.raises(RuntimeError, match="however often it runs"):
        aws.extension(Agenda).catch_up()


def test_applications_keep_their_agendas_and_clocks_apart():
    one, other = EmbeddedAws(), EmbeddedAws()
    log, made = sources(one, a=[10])
    made["a"].act = lambda: log.append(("other's time", other.clock.now() - T0))
    one.clock.sleep(50)
    one.extension(Agenda).catch_up()
    assert log == [("a", 10), ("other's time", 0)]


@pytest.mark.parametrize("clock", [VirtualClock(), WallClock()], ids=["virtual", "wall"])
def test_a_clock_can_be_at_an_instant_that_has_passed_and_comes_back_from_it(clock):
    before = clock.now()
    with clock.at(100.0):
        assert clock.now() == 100
        clock.sleep(5)
        assert clock.now() == 105
        with clock.at(50.0):
            assert clock.now() == 50
        assert clock.now() == 105
    assert 0 <= clock.now() - before < 60
