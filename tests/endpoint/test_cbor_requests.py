"""CloudWatch asked in CBOR, as newer SDKs do: the same answers and errors as in JSON."""

from __future__ import annotations

from datetime import UTC, datetime
from typing import Any

import boto3
import botocore.session
import pytest
from botocore.parsers import RpcV2CBORParser

from labkit.endpoint.clock import FIRST_INSTANT_S
from labkit.endpoint.in_process import attach

PATH = "http://localhost:4566/service/GraniteServiceVersion20100801/operation/"
HEADERS = {
    "smithy-protocol": "rpc-v2-cbor",
    "content-type": "application/cbor",
    "authorization": "AWS4-HMAC-SHA256 Credential=x/20260105/us-east-1/monitoring/aws4_request",
}


@pytest.fixture
def cloudwatch(aws) -> Any:
    """A client that speaks nothing but CBOR."""
    core = botocore.session.Session()
    session = boto3.Session("lab", "lab", region_name="us-east-1", botocore_session=core)
    attach(aws, session)
    loader: Any = core.get_component("data_loader")
    read = loader.load_service_model

    def read_cbor_only(*names: str, **more: Any) -> Any:
        model = read(*names, **more)
        if "metadata" in model:
            model["metadata"]["protocols"] = ["smithy-rpc-v2-cbor"]
        return model

    loader.load_service_model = read_cbor_only
    return session.client("cloudwatch")


def test_an_alarm_is_put_fed_and_described(aws, cloudwatch, alarm):
    assert cloudwatch.meta.service_model.resolved_protocol == "smithy-rpc-v2-cbor"
    at = datetime.fromtimestamp(FIRST_INSTANT_S, UTC)
    cloudwatch.put_metric_alarm(**{**alarm, "Threshold": 1.5})
    data = [{"MetricName": "Rejects", "Values": [1, 2.5], "Counts": [1, 2], "Timestamp": at}]
    cloudwatch.put_metric_data(Namespace="Lab", MetricData=data)
    aws.clock.sleep(60)
    [shown] = cloudwatch.describe_alarms(AlarmNames=["rejects"])["MetricAlarms"]
    assert (shown["StateValue"], shown["Threshold"]) == ("ALARM", 1.5)
    assert "[6.0 (05/01/26 09:00:00)]" in shown["StateReason"]
    assert shown["StateUpdatedTimestamp"].timestamp() == FIRST_INSTANT_S + 60


def test_a_refusal_has_its_code_and_its_message(cloudwatch, refusal):
    asked = {"AlarmName": "nobody", "StateValue": "OK", "StateReason": "x"}
    assert refusal(cloudwatch.set_alarm_state, **asked) == ("ResourceNotFound", "Alarm not found.")


@pytest.mark.parametrize(
    ("operation", "body", "code"),
    [
        ("DescribeAlarms", b"\xff\xff", "SerializationException"),
        ("DescribeAlarms", b"\x81" * 5000, "SerializationException"),
        ("DescribeNothing", b"\xa0", "InvalidAction"),
    ],
)
def test_what_cannot_be_read_is_refused_in_cbor(aws, operation, body, code):
    response = aws.handle("POST", PATH + operation, HEADERS, body)
    reader = RpcV2CBORParser()
    error = reader.parse_data_item(reader.get_peekable_stream_from_bytes(response.body))
    assert (response.status, error["__type"]) == (400, code)
    assert response.headers["smithy-protocol"] == "rpc-v2-cbor"
