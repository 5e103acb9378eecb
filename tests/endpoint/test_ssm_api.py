"""Run Command: which instances it reaches, what it answers, what it refuses."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import pytest

from labkit.endpoint.application import EmbeddedAws
from labkit.endpoint.clock import WallClock

if TYPE_CHECKING:
    from collections.abc import Callable


def send(lab: Any, *lines: str, **params: Any) -> Any:
    asked = {"DocumentName": "AWS-RunShellScript", "Parameters": {"commands": list(lines)}}
    return lab.ssm.send_command(**{**asked, **params})


def test_a_command_is_pending_when_sent_and_over_when_asked_about(instant: Any):
    sent = send(instant, "hostname", InstanceIds=[instant.instances["a"]])["Command"]
    assert (sent["Status"], sent["TargetCount"]) == ("Pending", 0)
    [listed] = instant.ssm.list_commands(CommandId=sent["CommandId"])["Commands"]
    assert (listed["Status"], listed["TargetCount"], listed["ErrorCount"]) == ("Success", 1, 0)


def test_the_waiter_of_boto3_is_content_at_once(instant: Any):
    sent = send(instant, "true", InstanceIds=[instant.instances["a"]])["Command"]
    instant.ssm.get_waiter("command_executed").wait(
        CommandId=sent["CommandId"],
        InstanceId=instant.instances["a"],
        WaiterConfig={"MaxAttempts": 1},
    )


def test_a_script_runs_in_order_and_ends_with_its_last_exit_code(instant: Any):
    shown = instant.run("echo one", "false", "echo two", "ping -c 1 nobody")
    assert shown["StandardOutputContent"] == "one\ntwo\n"
    assert (shown["Status"], shown["ResponseCode"]) == ("Failed", 2)
    assert shown["StandardErrorContent"] == (
        "ping: nobody: Name or service not known\nfailed to run commands: exit status 2"
    )


@pytest.mark.parametrize("line", ["whoami", "cat /etc/passwd", "echo $HOME", "ping 10.2.1.10 | wc"])
def test_what_is_not_simulated_fails_and_says_so(instant: Any, line: str):
    shown = instant.run(line, "echo never reached")
    assert (shown["Status"], shown["ResponseCode"]) == ("Failed", 127)
    assert shown["StandardOutputContent"] == ""
    assert shown["StandardErrorContent"].startswith("not simulated: ")
    assert "What is simulated: chronyc, curl, dig, echo" in shown["StandardErrorContent"]


def test_no_command_reaches_the_machine_underneath(instant: Any, tmp_path: Any):
    target = tmp_path / "touched"
    for line in (
        f"touch {target}",
        f"echo x > {target}",
        f"true; touch {target}",
        f"`touch {target}`",
    ):
        assert instant.run(line)["ResponseCode"] == 127
    assert not target.exists()


def test_targets_name_instances_by_tag(instant: Any):
    sent = send(instant, "hostname", Targets=[{"Key": "tag:Name", "Values": ["b"]}])["Command"]
    found = instant.ssm.list_command_invocations(CommandId=sent["CommandId"], Details=True)
    [invocation] = found["CommandInvocations"]
    assert invocation["InstanceId"] == instant.instances["b"]
    assert invocation["CommandPlugins"][0]["Output"] == "ip-10-2-1-10.ec2.internal\n"


def test_targets_that_nothing_meets_are_a_failure(instant: Any):
    sent = send(instant, "hostname", Targets=[{"Key": "tag:Name", "Values": ["z"]}])["Command"]
    [listed] = instant.ssm.list_commands(CommandId=sent["CommandId"])["Commands"]
    assert (listed["Status"], listed["StatusDetails"]) == ("Failed", "NoInstancesInTag")


def test_a_stopped_or_unknown_instance_is_not_in_a_valid_state(
    instant: Any, refusal: Callable[..., tuple[str, str]]
):
    instant.ec2.stop_instances(InstanceIds=[instant.instances["a"]])
    for instance_id in (instant.instances["a"], "i-0123456789abcdef0"):
        refused = refusal(
            instant.ssm.send_command,
            DocumentName="AWS-RunShellScript",
            InstanceIds=[instance_id],
            Parameters={"commands": ["true"]},
        )
        assert refused == (
            "InvalidInstanceId",
            f"Instances [[{instance_id}]] not in a valid state for account 123456789012",
        )


@pytest.mark.parametrize(
    ("changes", "code"),
    [
        ({"DocumentName": "AWS-RunPowerShellScript"}, "InvalidDocument"),
        ({"Parameters": {}}, "InvalidParameters"),
        ({"Parameters": {"command": ["true"]}}, "InvalidParameters"),
        ({"Parameters": {"commands": ["true"], "executionTimeout": ["x"]}}, "InvalidParameters"),
        ({"InstanceIds": []}, "ValidationException"),
        ({"Targets": [{"Key": "resource-groups:Name", "Values": ["x"]}]}, "InvalidTarget"),
    ],
)
def test_requests_that_cannot_be_are_refused(
    instant: Any, refusal: Callable[..., tuple[str, str]], changes: dict[str, Any], code: str
):
    asked = {
        "DocumentName": "AWS-RunShellScript",
        "InstanceIds": [instant.instances["a"]],
        "Parameters": {"commands": ["true"]},
    }
    assert refusal(instant.ssm.send_command, **{**asked, **changes})[0] == code


def test_unknown_commands_and_invocations_are_errors(
    instant: Any, refusal: Callable[..., tuple[str, str]]
):
    sent = send(instant, "true", InstanceIds=[instant.instances["a"]])["Command"]["CommandId"]
    unknown = "12345678-1234-1234-1234-123456789012"
    ssm = instant.ssm
    get = ssm.get_command_invocation
    other = instant.instances["b"]
    assert refusal(get, CommandId=sent, InstanceId=other)[0] == "InvocationDoesNotExist"
    assert refusal(ssm.cancel_command, CommandId=unknown)[0] == "InvalidCommandId"
    assert refusal(ssm.list_commands, CommandId=unknown)[0] == "InvalidCommandId"
    assert ssm.cancel_command(CommandId=sent)["ResponseMetadata"]["HTTPStatusCode"] == 200


def test_running_instances_are_online_and_stopped_ones_are_not(instant: Any):
    instant.ec2.stop_instances(InstanceIds=[instant.instances["b"]])
    found = instant.ssm.describe_instance_information()["InstanceInformationList"]
    statuses = {item["InstanceId"]: item["PingStatus"] for item in found}
    assert statuses == {
        instant.instances["a"]: "Online",
        instant.instances["b"]: "ConnectionLost",
    }
    online = instant.ssm.describe_instance_information(
        Filters=[{"Key": "PingStatus", "Values": ["Online"]}]
    )["InstanceInformationList"]
    assert [item["IPAddress"] for item in online] == ["10.1.1.10"]


def test_a_command_that_takes_too_long_times_out_with_what_it_had_printed(instant: Any):
    sent = send(
        instant,
        InstanceIds=[instant.instances["a"]],
        Parameters={"commands": ["ping -c 100 10.2.1.10"], "executionTimeout": ["10"]},
    )["Command"]
    shown = instant.ssm.get_command_invocation(
        CommandId=sent["CommandId"], InstanceId=instant.instances["a"]
    )
    assert (shown["Status"], shown["ResponseCode"]) == ("TimedOut", -1)
    assert shown["ExecutionElapsedTime"] == "PT10S"
    assert shown["StandardOutputContent"].count("bytes from") == 11


def test_a_long_output_is_cut_as_aws_cuts_it(instant: Any):
    shown = instant.run("ping -c 1000 10.2.1.10")
    assert len(shown["StandardOutputContent"]) == 24_000
    assert shown["StandardOutputContent"].endswith("\n---Output truncated---")


def test_a_ping_takes_its_seconds_on_a_virtual_clock(instant: Any):
    before = instant.aws.clock.now()
    instant.run("ping -c 4 10.2.1.10")
    assert instant.aws.clock.now() == before + 3
    instant.run("ping -c 1 -W 2 10.2.1.99; ping -c 2 10.2.1.99")
    assert instant.aws.clock.now() == before + 3 + 2 + 11


def test_instances_run_a_command_at_the_same_time(instant: Any):
    before = instant.aws.clock.now()
    send(instant, "sleep 5", InstanceIds=list(instant.instances.values()))
    assert instant.aws.clock.now() == before + 5


def test_a_command_is_done_at_once_on_the_wall_clock(session_on: Callable[..., Any]):
    aws = EmbeddedAws(clock=WallClock())
    session = session_on(aws)
    ec2, ssm = session.client("ec2"), session.client("ssm")
    launched = ec2.run_instances(ImageId="ami-12345678", MinCount=1, MaxCount=1)
    instance_id = launched["Instances"][0]["InstanceId"]
    before = aws.clock.now()
    sent = ssm.send_command(
        InstanceIds=[instance_id],
        DocumentName="AWS-RunShellScript",
        Parameters={"commands": ["sleep 3000"]},
    )["Command"]["CommandId"]
    shown = ssm.get_command_invocation(CommandId=sent, InstanceId=instance_id)
    assert (shown["Status"], shown["ExecutionElapsedTime"]) == ("Success", "PT3000S")
    assert aws.clock.now() - before < 60


def test_lists_of_commands_come_in_pages_newest_first(instant: Any):
    sent = [
        send(instant, "true", InstanceIds=[instant.instances["a"]])["Command"]["CommandId"]
        for _ in range(3)
    ]
    pages = instant.ssm.get_paginator("list_commands").paginate(PaginationConfig={"PageSize": 2})
    found = [[command["CommandId"] for command in page["Commands"]] for page in pages]
    assert found == [[sent[2], sent[1]], [sent[0]]]
