"""``iptables`` on the INPUT chain: rules that drop pings, or what is sent to a port."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from labkit.endpoint.hosts import Drop
from labkit.endpoint.shell.options import UsageError, parsed, whole_number
from labkit.endpoint.shell.words import NotSimulatedWord
from labkit.network.packet import Protocol

if TYPE_CHECKING:
    from collections.abc import Sequence

    from labkit.endpoint.shell.machine import Machine

_PROTOCOLS: Final = {"icmp": Protocol.ICMP, "tcp": Protocol.TCP, "udp": Protocol.UDP}
_ECHO_REQUEST: Final = ("8", "echo-request")


def iptables(machine: Machine, arguments: Sequence[str]) -> int:
    """
    Exit code of ``iptables -A|-I|-D INPUT -p icmp|tcp|udp [--dport N] -j DROP``; -F, -L, -S.

    Raises:
        UsageError: A rule to delete is not there.
        NotSimulatedWord: It is asked for another chain, match or target.
    """
    longs = ("dport=", "icmp-type=", "jump=", "protocol=")
    given, rest = parsed("iptables", arguments, "A:I:D:p:j:m:FLSnvw", longs)
    system = machine.system
    if "-F" in given:
        system.set_rules([])
    elif "-L" in given or "-S" in given:
        _list(machine, rest, as_commands="-S" in given)
    elif "-D" in given:
        rule = _rule("-D", given)
        if rule not in system.rules:
            message = "iptables: Bad rule (does a matching rule exist in that chain?)."
            raise UsageError(message, 1)
        kept = list(system.rules)
        kept.remove(rule)
        system.set_rules(kept)
    else:
        system.set_rules([*system.rules, _rule("-I" if "-I" in given else "-A", given)])
    return 0


def _rule(action: str, given: dict[str, str]) -> Drop:
    if given.get(action) != "INPUT":
        raise NotSimulatedWord(f"iptables {action} {given.get(action, '')}", "only INPUT is")
    target = given.get("-j", given.get("--jump", ""))
    if target != "DROP":
        raise NotSimulatedWord(f"iptables -j {target}", "only DROP is")
    name = given.get("-p", given.get("--protocol", ""))
    if name not in _PROTOCOLS:
        raise NotSimulatedWord(f"iptables -p {name}", "icmp, tcp and udp are")
    if name == "icmp":
        if given.get("--icmp-type", "8") not in _ECHO_REQUEST:
            raise NotSimulatedWord(f"iptables --icmp-type {given['--icmp-type']}")
        return Drop(Protocol.ICMP)
    port = given.get("--dport")
    number = None if port is None else whole_number("iptables", port, 1, 65535)
    return Drop(_PROTOCOLS[name], number)


def _list(machine: Machine, rest: Sequence[str], *, as_commands: bool) -> None:
    if rest and rest[0] != "INPUT":
        raise NotSimulatedWord(f"iptables -L {rest[0]}", "only INPUT is")
    if as_commands:
        machine.say("-P INPUT ACCEPT")
    else:
        machine.say("Chain INPUT (policy ACCEPT)")
        machine.say("target     prot opt source               destination         ")
    for rule in machine.system.rules:
        name = rule.protocol.name.lower()
        if as_commands:
            port = f" -m {name} --dport {rule.port}" if rule.port else ""
            machine.say(f"-A INPUT -p {name}{port} -j DROP")
        else:
            port = f"{name} dpt:{rule.port}" if rule.port else ""
            machine.say(
                f"DROP       {name:<4} --  anywhere             anywhere             {port}"
            )
