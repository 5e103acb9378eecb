from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

from labkit.view.experiment import Experiment

if TYPE_CHECKING:
    from collections.abc import Callable

    from labkit.network.topology import Topology
    from labkit.network.walk import Walk


def cells(experiment: Experiment) -> list[tuple[str, ...]]:
    """Interface, direction and action of each record to come."""
    return [(*line.cells[:2], line.cells[-1]) for line in experiment.records.lines]


def test_an_answered_ping_will_leave_four_records(
    healthy: Topology, send: Callable[..., Walk]
) -> None:
    experiment = Experiment(healthy, send(healthy))
    assert cells(experiment) == [
        ("app-a", "→ out", "✓ ACCEPT"),
        ("app-a", "← in", "✓ ACCEPT"),
        ("app-b", "← in", "✓ ACCEPT"),
        ("app-b", "→ out", "✓ ACCEPT"),
    ]
    assert experiment.silence == ""
    assert experiment.sentence.startswith("✓ Answered: app-b")


def test_a_missing_route_will_leave_nothing_and_says_who_is_silent(
    healthy: Topology, send: Callable[..., Walk]
) -> None:
    table = healthy.route_tables["rtb-0aaa"]
    tables = {**healthy.route_tables, "rtb-0aaa": replace(table, routes=table.routes[:1])}
    broken = replace(healthy, route_tables=tables)
    experiment = Experiment(broken, send(broken))
    assert cells(experiment) == []
    assert experiment.silence == "No record from: app-a, app-b."
    assert experiment.silence in repr(experiment)
    assert "No record from" in experiment._repr_html_()


def test_a_closed_group_will_leave_a_reject_at_its_interface(
    healthy: Topology, send: Callable[..., Walk]
) -> None:
    group = replace(healthy.security_groups["sg-0bbb"], ingress=())
    closed = replace(healthy, security_groups={**healthy.security_groups, "sg-0bbb": group})
    experiment = Experiment(closed, send(closed))
    assert cells(experiment) == [("app-a", "→ out", "✓ ACCEPT"), ("app-b", "← in", "✗ REJECT")]
