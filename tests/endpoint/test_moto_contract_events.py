"""What we rely on in moto's log streams and in its model of EC2."""

from __future__ import annotations

from datetime import datetime
from typing import Any

import pytest
from moto.ec2.responses import EC2Response
from moto.logs.models import LogEvent, LogGroup, LogStream

from labkit.endpoint.moto_seam import ec2_state
from labkit.endpoint.moto_seam.log_streams import EventsView, adopt, put, unix_ms
from labkit.endpoint.snapshot import Snapshots


@pytest.fixture
def group() -> Any:
    group = LogGroup("123456789012", "us-east-1", "/g")
    group.create_log_stream("s")
    return group


def test_a_stream_holds_a_list_and_adds_to_it_in_place(group: Any):
    stream: Any = group.streams["s"]
    assert isinstance(stream, LogStream)
    assert stream.events == []
    held = stream.events
    group.put_log_events("s", [{"timestamp": 5, "message": "m"}])
    assert stream.events is held
    [event] = held
    assert isinstance(event, LogEvent)
    assert (event.timestamp, event.message) == (5, "m")


def test_a_view_takes_the_place_of_the_list_with_what_it_held(group: Any):
    kept: list[Any] = []
    group.put_log_events("s", [{"timestamp": 5, "message": "before"}])
    adopt(group, lambda _name: EventsView(lambda *args: kept.append(args), lambda: ()))
    put(group, "s", [(7, "after")], 9)
    assert kept == [([5], ["before"], None), ([7], ["after"], 9)]
    adopt(group, lambda _name: pytest.fail("adopted twice"))


def test_a_groups_retention_and_times_are_where_we_look(group: Any):
    group.set_retention_policy(3)
    assert int(group.retention_in_days) == 3
    assert isinstance(group.creation_time, datetime)
    assert unix_ms(datetime(1970, 1, 1, 0, 0, 1)) == 1000  # noqa: DTZ001  moto's own are naive too


def test_every_member_kept_of_a_description_is_one_that_ec2_has():
    assert EC2Response.RESPONSE_KEY_PATH_TO_TRANSFORMER
    whole = ec2_state.get_service_model("ec2")
    for shape, members in ec2_state._KEPT_MEMBERS.items():  # noqa: SLF001  the contract is about it
        assert members <= set(whole.shape_for(shape).members), shape


def test_every_describe_call_of_a_snapshot_can_be_read_from_moto(aws: Any):
    aws.extension(Snapshots).of("us-east-1")
    with aws.active("DescribeNetwork"):
        for operation in ec2_state._FROM_BACKEND:  # noqa: SLF001  the contract is about it
            assert ec2_state.described(aws.backend("ec2"), operation)
