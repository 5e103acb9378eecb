"""From traffic alone: a rejected flow becomes an alarm and a message, and is over after the fix."""

from __future__ import annotations

import json

import pytest

from labkit import Lab
from labkit.errors import LabError, NameNotFound

ALARM, SSH = "labkit-rejected-flows", "nc -z -w 1 10.2.1.10 22"


@pytest.fixture(scope="module")
def lab():
    return Lab.open(through="alarms")


def _messages(lab: Lab) -> list[str]:
    queue = lab.sqs.get_queue_url(QueueName="labkit-alerts")["QueueUrl"]
    answer = lab.sqs.receive_message(QueueUrl=queue, MaxNumberOfMessages=10)
    said = []
    for each in answer.get("Messages", []):
        lab.sqs.delete_message(QueueUrl=queue, ReceiptHandle=each["ReceiptHandle"])
        said.append(json.loads(json.loads(each["Body"])["Message"])["NewStateValue"])
    return said


def test_a_rejected_flow_becomes_an_alarm_and_a_message_and_is_over_after_the_fix(lab):
    assert "no datapoints were received" in lab.wait_for_alarm(ALARM, "OK")
    assert _messages(lab) == ["OK"]

    assert lab.run_command("app-a", SSH).exit_code == 1
    assert "was greater than or equal to the threshold (1.0)" in lab.wait_for_alarm(ALARM)
    assert _messages(lab) == ["ALARM"]

    [group] = lab.tags.resources(lab.ec2, "security-group", "allow-icmp-b")
    lab.ec2.authorize_security_group_ingress(
        GroupId=group["GroupId"], IpProtocol="tcp", FromPort=22, ToPort=22, CidrIp="10.1.0.0/16"
    )
    lab.run_command("app-a", SSH)
    lab.wait_for_alarm(ALARM, "OK")
    assert _messages(lab) == ["OK"]


def test_waiting_for_what_does_not_come_ends_and_says_why(lab):
    with pytest.raises(LabError, match="is OK and not ALARM, after 30 minutes") as caught:
        lab.wait_for_alarm(ALARM)
    assert "Look at its metric first" in str(caught.value)


def test_waiting_for_an_alarm_that_is_none_names_those_there_are(lab):
    with pytest.raises(NameNotFound, match=ALARM):
        lab.wait_for_alarm("labkit-rejected-flow")
