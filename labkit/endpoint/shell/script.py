"""
A script of commands, run line by line on a machine.

The exit code is that of the last command, as with ``sh``.  A command that the
lab cannot act out ends the script there: what would have followed depends on it.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Final

from labkit.endpoint.shell.machine import TimeUp
from labkit.endpoint.shell.options import UsageError, span_s
from labkit.endpoint.shell.programs import LISTENERS, PROGRAMS
from labkit.endpoint.shell.words import (
    ERR,
    EXIT_CODE,
    OUT,
    Command,
    NotSimulatedWord,
    commands,
    without_prefix,
)
from labkit.errors import NotSimulated

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from labkit.endpoint.shell.machine import Machine

NOT_FOUND: Final = 127
"""Exit code of a command that the lab, like a shell without the program, does not have."""

_TIMED_OUT: Final = 124
_TIMEOUT_FAILED: Final = 125


@dataclass(frozen=True, slots=True)
class Output:
    """
    What a script printed and how it ended.

    ``code`` is None if its time was up first.
    """

    stdout: str
    stderr: str
    code: int | None


def run(machine: Machine, lines: Sequence[str]) -> Output:
    """
    The output of a script, after all its packets were sent and its time has passed.

    Args:
        machine: Where it runs; its clock moves on.
        lines: Shell lines, each on its own.
    """
    try:
        code: int | None = _run_all(machine, _commands(lines))
    except NotSimulatedWord as unknown:
        machine.command = Command()
        machine.complain(f"not simulated: {unknown}. What is simulated: {_known()}.")
        code = NOT_FOUND
    except TimeUp:
        code = None
    printed = {stream: "".join(lines) for stream, lines in machine.printed.items()}
    return Output(printed[OUT], printed[ERR], code)


def _commands(lines: Sequence[str]) -> Iterator[Command]:
    # Lazily, as a shell does: a line counts only once the lines before it have run.
    for line in "\n".join(lines).splitlines():
        yield from commands(line)


def _run_all(machine: Machine, script: Iterator[Command]) -> int:
    code = 0
    for command in script:
        if command.unless == ("zero" if code == 0 else "nonzero"):
            continue
        words = (word.replace(EXIT_CODE, str(code)) for word in command.words)
        program, *arguments = without_prefix(tuple(words))
        if program == "exit":
            return int(arguments[0]) % 256 if arguments and arguments[0].isdecimal() else code
        machine.command = command
        code = _run(machine, program, arguments)
    return code


def _run(machine: Machine, program: str, arguments: list[str]) -> int:
    if program not in PROGRAMS and program != "timeout":
        raise NotSimulatedWord(program)
    if machine.command.background and program not in LISTENERS:
        raise NotSimulatedWord(f"{program} ... &", "only listeners run in the background")
    try:
        if program == "timeout":
            return _within(machine, arguments)
        return PROGRAMS[program](machine, arguments)
    except UsageError as wrong:
        machine.complain(str(wrong))
        return wrong.code
    except NotSimulated as missing:
        raise NotSimulatedWord(program, str(missing)) from None


def _within(machine: Machine, arguments: list[str]) -> int:
    """Exit code of the command that ``timeout`` runs, or its own if the time is up before."""
    if len(arguments) < 2:
        machine.complain("timeout: missing operand")
        return _TIMEOUT_FAILED
    script_ends_s = machine.deadline_s
    limit_s = machine.now_s + span_s("timeout", arguments[0], _TIMEOUT_FAILED)
    machine.deadline_s = min(script_ends_s, limit_s)
    try:
        return _run(machine, arguments[1], arguments[2:])
    except TimeUp:
        if machine.now_s >= script_ends_s:
            raise
        return _TIMED_OUT
    finally:
        machine.deadline_s = script_ends_s


def _known() -> str:
    return ", ".join(sorted({*PROGRAMS, "exit", "timeout"}))
