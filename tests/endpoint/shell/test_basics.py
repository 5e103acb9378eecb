"""The plain commands."""

from __future__ import annotations

from typing import Any

import pytest


@pytest.mark.parametrize(
    ("line", "output"),
    [
        ("hostname", "ip-10-1-1-10.ec2.internal\n"),
        ("hostname -s", "ip-10-1-1-10\n"),
        ("hostname -I", "10.1.1.10 \n"),
        ("hostname -i", "10.1.1.10\n"),
        ("echo a  'b  c'", "a b  c\n"),
        ("true && echo yes || echo no", "yes\n"),
        ("false && echo yes || echo no", "no\n"),
        ("echo lost > /dev/null; echo kept", "kept\n"),
        ("exit 3; echo never", ""),
    ],
)
def test_a_plain_command_prints_what_linux_prints(instant: Any, line: str, output: str):
    assert instant.run(line)["StandardOutputContent"] == output


def test_exit_ends_a_script_with_its_code(instant: Any):
    shown = instant.run("exit 3")
    assert (shown["Status"], shown["ResponseCode"]) == ("Failed", 3)


@pytest.mark.parametrize(("text", "seconds"), [("2", 2), ("0.5", 0.5), ("1m 3s", 63), ("0", 0)])
def test_sleep_lets_time_pass(instant: Any, text: str, seconds: float):
    before = instant.aws.clock.now()
    assert instant.run(f"sleep {text}")["ResponseCode"] == 0
    assert instant.aws.clock.now() - before == seconds


@pytest.mark.parametrize("line", ["sleep", "sleep x", "sleep -1"])
def test_a_sleep_of_no_length_is_an_error(instant: Any, line: str):
    assert instant.run(line)["ResponseCode"] == 1


@pytest.mark.parametrize(
    "line", ["sleep 5 &", "python3 x.py", "python3 -m http.server", "pkill sshd", "hostname new"]
)
def test_what_would_need_a_real_machine_is_not_simulated(instant: Any, line: str):
    assert instant.run(line)["ResponseCode"] == 127
