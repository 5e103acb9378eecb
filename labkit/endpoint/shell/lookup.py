"""``dig``, ``host`` and ``getent``: names and addresses, as the Amazon DNS knows them."""

from __future__ import annotations

from datetime import UTC, datetime
from ipaddress import ip_address
from typing import TYPE_CHECKING, Final

from labkit.endpoint.shell.options import UsageError, parsed
from labkit.endpoint.shell.words import NotSimulatedWord

if TYPE_CHECKING:
    from collections.abc import Sequence

    from labkit.endpoint.shell.machine import Machine
    from labkit.network.packet import Address

_KINDS: Final = {"a": 4, "aaaa": 6}
_AMAZON_DNS: Final = frozenset({"169.254.169.253", "fd00:ec2::253"})
_TIME_TO_LIVE_S: Final = 60


def dig(machine: Machine, arguments: Sequence[str]) -> int:
    """
    Exit code of ``dig``, which is 0 whether anybody knows the name or not.

    Raises:
        NotSimulatedWord: It asks another server, or for another kind of record.
    """
    short, reverse, kind, names = _question(machine, arguments)
    if len(names) != 1:
        raise NotSimulatedWord("dig", "one name at a time is")
    question, record, answers = _answers(machine, names[0], kind, reverse=reverse)
    if short:
        for each in answers:
            machine.say(each)
        return 0
    _print_message(machine, names[0], question, record, answers)
    return 0


def host(machine: Machine, arguments: Sequence[str]) -> int:
    """Exit code of ``host``: 0 if somebody knows the name, 1 if not."""
    _, rest = parsed("host", arguments, "t:")
    if len(rest) != 1:
        raise UsageError("Usage: host name", 1)
    [asked] = rest
    try:
        address = ip_address(asked)
    except ValueError:
        return _forward(machine, asked)
    name = machine.name_of(address)
    pointer = address.reverse_pointer
    if name is None:
        machine.say(f"Host {pointer}. not found: 3(NXDOMAIN)")
        return 1
    machine.say(f"{pointer} domain name pointer {name}.")
    return 0


def getent(machine: Machine, arguments: Sequence[str]) -> int:
    """Exit code of ``getent hosts``: 0 if somebody knows the name, 2 if not."""
    if not arguments or arguments[0] != "hosts":
        raise NotSimulatedWord(f"getent {' '.join(arguments[:1])}".strip(), "getent hosts is")
    if len(arguments) != 2:
        raise NotSimulatedWord("getent hosts", "one name at a time is")
    asked = arguments[1]
    address = machine.resolve(asked)
    try:
        name = machine.name_of(ip_address(asked))
    except ValueError:
        name = asked
    if address is None or name is None:
        return 2
    machine.say(f"{address!s:<15} {name}")
    return 0


def _forward(machine: Machine, name: str) -> int:
    found = machine.resolver.addresses_of(name)
    if not found:
        machine.say(f"Host {name} not found: 3(NXDOMAIN)")
        return 1
    for each in found:
        machine.say(f"{name} has {'IPv6 ' if each.version == 6 else ''}address {each}")
    return 0


def _question(machine: Machine, arguments: Sequence[str]) -> tuple[bool, bool, str, list[str]]:
    short, reverse, kind, names = False, False, "a", []
    for each in arguments:
        if each.lower() in _KINDS:
            kind = each.lower()
        elif each == "+short":
            short = True
        elif each == "-x":
            reverse = True
        elif each.startswith("@"):
            _check_server(machine, each[1:])
        elif each.startswith(("+", "-")):
            raise NotSimulatedWord(f"dig {each}")
        else:
            names.append(each)
    return short, reverse, kind, names


def _check_server(machine: Machine, server: str) -> None:
    if server not in (*_AMAZON_DNS, str(machine.resolver.server)):
        raise NotSimulatedWord(f"dig @{server}", "servers other than the Amazon DNS are not")


def _answers(
    machine: Machine, asked: str, kind: str, *, reverse: bool
) -> tuple[str, str, list[str]]:
    """The name asked for, the kind of record, and what there is."""
    if not reverse:
        found = machine.resolver.addresses_of(asked)
        return asked, kind.upper(), [str(each) for each in found if each.version == _KINDS[kind]]
    address = _address(asked)
    name = machine.name_of(address)
    return address.reverse_pointer, "PTR", [f"{name}."] if name else []


def _address(text: str) -> Address:
    try:
        return ip_address(text)
    except ValueError:
        raise UsageError(f"Invalid IP address {text}", 1) from None


def _print_message(
    machine: Machine, asked: str, question: str, record: str, answers: list[str]
) -> None:
    known = answers or machine.resolver.addresses_of(asked)
    status = "NOERROR" if known else "NXDOMAIN"
    server = machine.resolver.server
    now = datetime.fromtimestamp(machine.now_s, UTC)
    lines = [
        "",
        f"; <<>> DiG 9.18.33 <<>> {asked}",
        ";; global options: +cmd",
        ";; Got answer:",
        f";; ->>HEADER<<- opcode: QUERY, status: {status}, id: {machine.seed % 65536}",
        f";; flags: qr rd ra; QUERY: 1, ANSWER: {len(answers)}, AUTHORITY: 0, ADDITIONAL: 0",
        "",
        ";; QUESTION SECTION:",
        f";{question}.\t\t\tIN\t{record}",
        "",
    ]
    if answers:
        rows = [f"{question}.\t\t{_TIME_TO_LIVE_S}\tIN\t{record}\t{each}" for each in answers]
        lines += [";; ANSWER SECTION:", *rows, ""]
    lines += [
        ";; Query time: 1 msec",
        f";; SERVER: {server}#53({server}) (UDP)",
        f";; WHEN: {now:%a %b %d %H:%M:%S} UTC {now:%Y}",
        "",
    ]
    for line in lines:
        machine.say(line)
