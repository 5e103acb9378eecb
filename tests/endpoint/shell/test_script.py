"""Scripts as a whole."""

from __future__ import annotations

from typing import Any

from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from labkit.endpoint.shell.programs import PROGRAMS

ARGUMENTS = (
    "timeout $? -c 1 -w 2 -z -v -l -k -I -A INPUT -p icmp "
    "10.2.1.10 10.2.1.99 80 1-3 ::1 http://[x addr"
)
WORDS = st.sampled_from([*PROGRAMS, *ARGUMENTS.split(), "&&", "||", ";", "&"])
ANY_LINE = st.lists(WORDS | st.text(max_size=5), max_size=6).map(" ".join)


@settings(
    deadline=None,
    max_examples=150,
    suppress_health_check=[HealthCheck.function_scoped_fixture, HealthCheck.too_slow],
)
@given(line=ANY_LINE)
def test_any_line_runs_fails_or_times_out(instant: Any, line: str):
    shown = instant.run(line)
    assert shown["Status"] in ("Success", "Failed", "TimedOut")
    assert "Traceback" not in shown["StandardErrorContent"]


def test_too_much_traffic_is_refused(instant: Any, monkeypatch: Any):
    monkeypatch.setattr("labkit.endpoint.traffic.MOST_SIGHTINGS", 10)
    shown = instant.run("ping -c 9 10.2.1.10")
    assert shown["ResponseCode"] == 127
    assert "more than 10 sightings" in shown["StandardErrorContent"]


def test_a_route_the_model_does_not_know_fails_the_command(instant: Any):
    gateway = instant.ec2.create_vpn_gateway(Type="ipsec.1")["VpnGateway"]["VpnGatewayId"]
    instant.ec2.attach_vpn_gateway(VpnGatewayId=gateway, VpcId=instant.vpcs["b"])
    instant.route("b", "10.77.0.0/16", GatewayId=gateway)
    shown = instant.run("ping -c 1 10.77.0.1", on="b")
    assert shown["ResponseCode"] == 127
    assert gateway in shown["StandardErrorContent"]


def test_a_script_can_tell_how_a_command_ended(instant: Any):
    shown = instant.run(
        "ping -c 1 -W 1 10.9.9.9 > /dev/null; echo exit=$?",
        "ping -c 1 10.2.1.10 > /dev/null",
        "echo \"$? and '$?' and \"'$?'",
    )
    assert shown["StandardOutputContent"] == "exit=1\n0 and '0' and $?\n"


def test_a_command_can_be_given_a_time_limit(instant: Any):
    started = instant.aws.clock.now()
    shown = instant.run("timeout 2.5 ping -c 9 10.9.9.9; echo $?", "timeout 5 ping -c 1 10.2.1.10")
    assert shown["StandardOutputContent"].startswith("PING 10.9.9.9 (10.9.9.9) 56(84) bytes")
    assert "\n124\n" in shown["StandardOutputContent"]
    assert (shown["ResponseCode"], instant.aws.clock.now() - started) == (0, 2.5)


def test_a_time_limit_does_not_outlive_that_of_the_script(instant: Any):
    sent = instant.ssm.send_command(
        InstanceIds=[instant.instances["a"]],
        DocumentName="AWS-RunShellScript",
        Parameters={"commands": ["timeout 1h sleep 2h"], "executionTimeout": ["60"]},
    )["Command"]["CommandId"]
    shown = instant.ssm.get_command_invocation(CommandId=sent, InstanceId=instant.instances["a"])
    assert shown["Status"] == "TimedOut"


def test_a_time_limit_that_is_none_is_an_error(instant: Any):
    assert instant.run("timeout soon ping -c 1 10.2.1.10")["ResponseCode"] == 125
    assert instant.run("timeout 5")["ResponseCode"] == 125
