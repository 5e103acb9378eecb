"""The traffic type of a flow log, and the names of its streams."""

from __future__ import annotations

import pytest

from labkit.flowlog import FlowRecord, TrafficType, keeps, stream_name

ROWS = {action: FlowRecord(action=action) for action in ("ACCEPT", "REJECT", None)}


@pytest.mark.parametrize(
    ("traffic_type", "kept"),
    [
        (TrafficType.ALL, ["ACCEPT", "REJECT", None]),
        (TrafficType.ACCEPT, ["ACCEPT", None]),
        (TrafficType.REJECT, ["REJECT", None]),
    ],
)
def test_a_traffic_type_keeps_its_action_and_rows_without_one(
    traffic_type: TrafficType, kept: list[str | None]
):
    assert kept == [action for action, row in ROWS.items() if keeps(traffic_type, row)]


@pytest.mark.parametrize(
    ("traffic_type", "name"),
    [("ALL", "eni-1-all"), ("ACCEPT", "eni-1-accept"), ("REJECT", "eni-1-reject")],
)
def test_a_stream_is_named_after_interface_and_traffic_type(traffic_type: str, name: str):
    assert name == stream_name("eni-1", TrafficType(traffic_type))
