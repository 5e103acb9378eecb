"""JSON bodies that AWS would not take, and what it says to them."""

from __future__ import annotations

import gzip
import json
from typing import TYPE_CHECKING, Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from labkit.endpoint import json_requests, wire
from labkit.endpoint.moto_seam.protocols import operation_model
from labkit.endpoint.operations import AwsError, answered_by_the_lab

if TYPE_CHECKING:
    from collections.abc import Callable

    from labkit.endpoint.application import EmbeddedAws

SIGNED = "AWS4-HMAC-SHA256 Credential=A/20260105/us-east-1/logs/aws4_request"
JSON_11 = "application/x-amz-json-1.1"


@pytest.fixture(scope="module")
def shared_aws(new_aws: Callable[..., EmbeddedAws]) -> EmbeddedAws:
    """An application on which no test relies to be fresh."""
    return new_aws()


def sent(aws: EmbeddedAws, operation: str, body: bytes | dict[str, Any], **headers: str) -> Any:
    """Status and members of the answer to a body sent as it is."""
    data = body if isinstance(body, bytes) else json.dumps(body).encode()
    target = {"x-amz-target": f"Logs_20140328.{operation}"} if operation else {}
    all_headers = {"authorization": SIGNED, "content-type": JSON_11, **target, **headers}
    response = aws.handle("POST", "http://127.0.0.1/", all_headers, data)
    return response.status, json.loads(response.body or b"{}")


@pytest.mark.parametrize(
    ("body", "message"),
    [
        (b"{", "Expecting property name enclosed in double quotes: line 1 column 2 (char 1)"),
        (b"[]", "Expected map or null"),
        (b'"text"', "Expected map or null"),
        (b"\xff", "'utf-8' codec can't decode byte 0xff in position 0: invalid start byte"),
        (b'{"startTime": NaN}', "NaN is no JSON"),
        (b'{"startTime": "5"}', "STRING_VALUE can not be converted to a Long (at startTime)"),
        (b'{"startTime": true}', "TRUE_VALUE can not be converted to a Long (at startTime)"),
        (b'{"limit": 5000000000}', "NUMBER_VALUE can not be converted to a Integer (at limit)"),
        (b'{"queryString": 5}', "NUMBER_VALUE can not be converted to a String (at queryString)"),
        (b'{"queryString": []}', "Start of list found where not expected (at queryString)"),
        (b'{"logGroupNames": "a"}', "Expected list or null (at logGroupNames)"),
        (
            b'{"logGroupNames": [{}]}',
            "Start of structure or map found where not expected (at logGroupNames)",
        ),
    ],
)
def test_values_of_the_wrong_kind_cannot_be_read(
    shared_aws: EmbeddedAws, body: bytes, message: str
):
    expected = {"__type": "SerializationException", "message": message}
    assert sent(shared_aws, "StartQuery", body) == (400, expected)


@pytest.mark.parametrize("body", [b"[" * 100_000, b'{"queryString":' * 20_000])
def test_a_body_nested_without_end_is_refused(shared_aws: EmbeddedAws, body: bytes):
    status, answer = sent(shared_aws, "StartQuery", body)
    assert (status, answer["__type"]) == (400, "SerializationException")


def test_all_members_at_fault_are_named_at_once(shared_aws: EmbeddedAws):
    body = {"logGroupName": "a b", "startTime": -1, "queryString": "", "limit": 0}
    status, answer = sent(shared_aws, "StartQuery", body)
    assert (status, answer["__type"]) == (400, "InvalidParameterException")
    assert answer["message"].startswith("4 validation errors detected: ")
    assert set(answer["message"].partition(": ")[2].split("; ")) == {
        "Value null at 'endTime' failed to satisfy constraint: Member must not be null",
        (
            "Value '-1' at 'startTime' failed to satisfy constraint: "
            "Member must have value greater than or equal to 0"
        ),
        (
            "Value '0' at 'limit' failed to satisfy constraint: "
            "Member must have value greater than or equal to 1"
        ),
        (
            "Value 'a b' at 'logGroupName' failed to satisfy constraint: "
            r"Member must satisfy regular expression pattern: [\.\-_/#A-Za-z0-9]+"
        ),
    }


@pytest.mark.parametrize(
    ("operation", "body", "message"),
    [
        (
            "PutLogEvents",
            {
                "logGroupName": "g",
                "logStreamName": "s",
                "logEvents": [{"timestamp": 1, "message": ""}],
            },
            (
                "Value '' at 'logEvents.1.member.message' failed to satisfy constraint: "
                "Member must have length greater than or equal to 1"
            ),
        ),
        (
            "CreateLogGroup",
            {"logGroupName": "g", "tags": {"": "x"}},
            (
                "Value '{=x}' at 'tags' failed to satisfy constraint: Map keys must satisfy "
                "constraint: [Member must have length less than or equal to 128, "
            ),
        ),
        (
            "DescribeQueries",
            {"status": "Done"},
            (
                "Value 'Done' at 'status' failed to satisfy constraint: Member must satisfy enum "
                "value set: [Scheduled, Running, Complete, Failed, Cancelled, Timeout, Unknown]"
            ),
        ),
        (
            "StartQuery",
            {"startTime": 0, "endTime": 0, "queryString": "", "logGroupNames": ["", "ok"]},
            (
                "Value '[, ok]' at 'logGroupNames' failed to satisfy constraint: Member must "
                "satisfy constraint: [Member must have length less than or equal to 512, "
            ),
        ),
    ],
)
def test_a_member_at_fault_is_named_with_its_rule(
    shared_aws: EmbeddedAws, operation: str, body: dict[str, Any], message: str
):
    status, answer = sent(shared_aws, operation, body)
    assert (status, answer["__type"]) == (400, "InvalidParameterException")
    assert answer["message"].startswith(f"1 validation error detected: {message}")


def test_a_service_without_that_code_says_validation_exception():
    with pytest.raises(AwsError, match="'InstanceId' failed to satisfy") as caught:
        json_requests.read(b"{}", operation_model("ssm", "GetCommandInvocation"))
    assert caught.value.code == "ValidationException"


def test_what_is_read_is_tidy():
    body = (
        rb'{"logGroupName": "g", "logStreamName": null, "startTime": 1.9, '
        rb'"filterPattern": "\ud83d", "unknown": 1}'
    )
    assert json_requests.read(body, operation_model("logs", "FilterLogEvents")) == {
        "logGroupName": "g",
        "startTime": 1,
        "filterPattern": "\N{REPLACEMENT CHARACTER}",
    }


@pytest.mark.parametrize("target", ["Logs_20140328.Nonsense", "Nonsense", "Logs_20140328.", ""])
def test_an_operation_the_service_does_not_have_is_unknown(shared_aws: EmbeddedAws, target: str):
    status, answer = sent(shared_aws, "", b"{}", **{"x-amz-target": target})
    assert (status, answer["__type"]) == (400, "UnknownOperationException")


def test_a_body_longer_than_any_call_is_refused(shared_aws: EmbeddedAws):
    status, answer = sent(shared_aws, "StartQuery", b" " * (json_requests.MOST_BYTES + 1))
    assert (status, answer["__type"]) == (413, "RequestEntityTooLargeException")


def test_a_compressed_body_is_read_and_a_damaged_one_refused(
    shared_aws: EmbeddedAws, monkeypatch: pytest.MonkeyPatch
):
    monkeypatch.setattr(wire, "_MOST_INFLATED_BYTES", 1000)
    whole = gzip.compress(b'{"limit": 1}')
    encoding = {"content-encoding": "gzip"}
    assert sent(shared_aws, "DescribeLogGroups", whole, **encoding) == (200, {"logGroups": []})
    for damaged in (whole[:-9], b"{}", gzip.compress(b" " * 1001)):
        status, answer = sent(shared_aws, "DescribeLogGroups", damaged, **encoding)
        assert (status, answer["__type"]) == (400, "SerializationException")


VALUES = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats() | st.text(max_size=5),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text(max_size=5), inner),
    max_leaves=5,
)


@given(st.data())
@settings(max_examples=60, deadline=None)
def test_any_body_gets_an_answer_of_aws(shared_aws: EmbeddedAws, data: st.DataObject):
    ours = [name for service, name in answered_by_the_lab() if service == "logs"]
    operation = data.draw(st.sampled_from(ours))
    members = list(operation_model("logs", operation).input_shape.members)
    body = data.draw(st.dictionaries(st.sampled_from(members), VALUES, max_size=4))
    status, answer = sent(shared_aws, operation, body)
    assert status in {200, 400, 501}
    assert status == 200 or {"__type", "message"} <= answer.keys()
