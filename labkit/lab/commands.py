"""Commands on an instance, over SSM, and what a ping said."""

from __future__ import annotations

import re
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, Final

from labkit.errors import PingFailed

if TYPE_CHECKING:
    from labkit.lab.cloud_lab import Clock

_POLL_S: Final = 1.0
_GIVE_UP_S: Final = 180.0
_RUNNING: Final = ("Pending", "InProgress", "Delayed")
_COUNTS: Final = re.compile(r"(\d+) packets transmitted, (\d+) (?:packets )?received")


@dataclass(frozen=True, slots=True)
class CommandResult:
    """What one command on one instance printed, and its exit code (-1: it never ran)."""

    instance_id: str
    command: str
    status: str
    exit_code: int
    stdout: str
    stderr: str

    def __str__(self) -> str:
        return (self.stdout + self.stderr).rstrip("\n")

    __repr__ = __str__


@dataclass(frozen=True, slots=True, repr=False)
class PingResult(CommandResult):
    """The output of ``ping`` with its two counts read out."""

    transmitted: int
    received: int

    @property
    def answered(self) -> bool:
        """Whether at least one reply came back."""
        return self.received > 0

    def __str__(self) -> str:
        return self.stdout.strip("\n")

    __repr__ = __str__


def run_command(ssm: Any, clock: Clock, instance_id: str, command: str) -> CommandResult:  # noqa: ANN401  boto3 clients carry no type
    """
    The result of *command* on an instance, once it has ended.

    Raises:
        PingFailed: It did not end within three minutes.
        ClientError: As AWS answers, for example InvalidInstanceId for an
            instance whose SSM agent is not connected.
    """
    sent = ssm.send_command(
        InstanceIds=[instance_id],
        DocumentName="AWS-RunShellScript",
        Parameters={"commands": [command]},
    )
    command_id = sent["Command"]["CommandId"]
    deadline_s = clock.now() + _GIVE_UP_S
    while True:
        try:
            answer = ssm.get_command_invocation(CommandId=command_id, InstanceId=instance_id)
        except ssm.exceptions.InvocationDoesNotExist:
            # AWS needs a moment before a fresh command has an invocation to ask about.
            answer = {"Status": "Pending"}
        if answer["Status"] not in _RUNNING:
            return CommandResult(
                instance_id,
                command,
                answer["Status"],
                answer["ResponseCode"],
                answer["StandardOutputContent"],
                answer["StandardErrorContent"],
            )
        if clock.now() >= deadline_s:
            raise PingFailed(
                f"{command!r} on {instance_id} is still {answer['Status']} after "
                f"{_GIVE_UP_S:.0f} s. Look at the command in Systems Manager, or try again."
            )
        clock.sleep(_POLL_S)


def ping(ssm: Any, clock: Clock, instance_id: str, address: str, count: int) -> PingResult:  # noqa: ANN401  boto3 clients carry no type
    """
    What ``ping -c count address`` said on an instance.

    Raises:
        PingFailed: The command printed no ping statistics, so it is no answer
            about the network at all; the message shows what it printed.
    """
    result = run_command(ssm, clock, instance_id, f"ping -c {count} {address}")
    counts = _COUNTS.search(result.stdout)
    if counts is None:
        raise PingFailed(
            f"{result.command!r} on {instance_id} did not get as far as sending packets "
            f"(status {result.status}, exit code {result.exit_code}). It printed: {result}"
        )
    return PingResult(
        result.instance_id,
        result.command,
        result.status,
        result.exit_code,
        result.stdout,
        result.stderr,
        int(counts[1]),
        int(counts[2]),
    )
