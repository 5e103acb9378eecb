"""A flow log as AWS describes it."""

from __future__ import annotations

from datetime import UTC, datetime

import pytest

from labkit.errors import TopologyError
from labkit.flowlog.flow_log import FlowLog
from labkit.network.topology import Interface

ANSWER = {
    "FlowLogId": "fl-1",
    "ResourceId": "vpc-1",
    "TrafficType": "REJECT",
    "LogGroupName": "/lab/flow-logs",
    "MaxAggregationInterval": 60,
    "LogFormat": "${interface-id} ${action}",
    "CreationTime": datetime(2026, 1, 1, tzinfo=UTC),
    "DeliverLogsStatus": "FAILED",
    "DeliverLogsErrorMessage": "Access error",
}
ENI = Interface("eni-1", "subnet-1", "vpc-1", (), ())


def test_it_holds_what_the_answer_says():
    log = FlowLog.from_answer(ANSWER)

    assert ("interface-id action", 60, "Access error") == (
        log.log_format.header,
        log.interval_s,
        log.delivery_error,
    )
    assert datetime(2026, 1, 1, tzinfo=UTC).timestamp() == log.created_s


def test_a_delivery_that_succeeds_or_was_never_tried_has_no_error():
    assert FlowLog.from_answer({**ANSWER, "DeliverLogsStatus": "SUCCESS"}).delivery_error is None


@pytest.mark.parametrize("resource_id", ["eni-1", "subnet-1", "vpc-1"])
def test_it_covers_the_interfaces_of_what_it_watches(resource_id):
    assert FlowLog("fl-1", resource_id).covers(ENI)
    assert not FlowLog("fl-1", f"{resource_id}0").covers(ENI)


def test_it_keeps_its_type_of_traffic():
    assert [True, False, True] == [
        FlowLog("fl-1", "vpc-1", kind).keeps("ACCEPT") for kind in ("ALL", "REJECT", "ACCEPT")
    ]


def test_an_answer_that_lacks_a_field_says_which():
    with pytest.raises(TopologyError, match="ResourceId"):
        FlowLog.from_answer({"FlowLogId": "fl-1"})
