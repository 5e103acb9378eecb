"""The probes of a scenario, sent over SSM, and what the flow logs have to say of them."""

from __future__ import annotations

import re
from collections import defaultdict
from dataclasses import replace
from ipaddress import ip_address
from typing import TYPE_CHECKING, Any

from linux_kernel.account import FIELDS, INTERVAL_S, LOG_GROUP, Account
from linux_kernel.outcome import Outcome, Sighting, real_addresses

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable

    from linux_kernel.outcome import Answer
    from linux_kernel.scenario import Probe, Scenario

_DELIVERED_S = 3600.0  # more than any delivery takes
_ADDRESSES = ("srcaddr", "dstaddr", "pkt-srcaddr", "pkt-dstaddr")
_COUNTS = re.compile(r"(\d+) packets transmitted, (\d+) received")
_REFUSED = re.compile("refused", re.IGNORECASE)


def run(
    scenario: Scenario,
    client: Callable[[str], Any],
    now: Callable[[], float],
    sleep: Callable[[float], None],
) -> dict[int, Outcome]:
    """
    What the endpoint makes of every probe of the scenario, by the probe's number.

    Args:
        scenario: What to build and try.
        client: Gives the boto3 client of a service.
        now: The endpoint's time [Unix s].
        sleep: Lets its time pass [s].
    """
    account = Account(scenario, client)
    account.build()
    begun: dict[int, float] = {}
    answers: dict[int, Answer] = {}
    for probe in scenario.probes:
        begun[probe.number] = now()
        answers[probe.number] = _answer(account, probe, sleep)
    sleep(_DELIVERED_S)
    sightings: dict[int, list[Sighting]] = defaultdict(list)
    for start, sighting in _records(account):
        number = max(number for number, instant in begun.items() if int(instant) <= start)
        sightings[number].append(sighting)
    return {
        probe.number: _outcome(probe, answers[probe.number], sightings[probe.number])
        for probe in scenario.probes
    }


def _outcome(probe: Probe, answer: Answer, rows: list[Sighting]) -> Outcome:
    """The outcome, with the counts of a ping that went on into another interval added up."""
    counts: dict[Sighting, list[Sighting]] = defaultdict(list)
    for row in rows:
        counts[replace(row, packets=0, bytes=0)].append(row)
    if probe.port is None:
        summed = [
            replace(kind, packets=sum(r.packets for r in each), bytes=sum(r.bytes for r in each))
            for kind, each in counts.items()
        ]
        return Outcome(answer, tuple(sorted(summed)))
    return Outcome(answer, tuple(sorted(counts)))


def _answer(account: Account, probe: Probe, sleep: Callable[[float], None]) -> Answer:
    """
    What a probe over SSM was answered; afterwards a new interval of the flow log begins.

    Output, exit code and status have to agree about it.
    """
    instance_id = account.ids[probe.source]
    command = account.ssm.send_command(
        InstanceIds=[instance_id],
        DocumentName="AWS-RunShellScript",
        Parameters={"commands": [_command(account, probe)]},
    )["Command"]["CommandId"]
    sleep(2 * INTERVAL_S)
    said = account.ssm.get_command_invocation(CommandId=command, InstanceId=instance_id)
    answer = _ping_answer(probe, said) if probe.port is None else _connection_answer(probe, said)
    # Without a word from the other end, nc takes a UDP port for open.
    good = answer == "no answer" if probe.udp else answer == "answered"
    expected = ("Success", 0) if good else ("Failed", 1)
    assert expected == (said["Status"], said["ResponseCode"]), said
    return answer


def _command(account: Account, probe: Probe) -> str:
    address = account.real(probe.destination)
    if probe.port is None:
        return f"ping -c {probe.count} -s {probe.data_bytes} {address}"
    return f"nc -z {'-u' if probe.udp else ''} -v -w 1 {address} {probe.port}"


def _records(account: Account) -> Iterable[tuple[int, Sighting]]:
    """Every flow record of traffic, with its start [Unix s]."""
    ours = {real: str(name) for name, real in account.theirs.items() if "/" not in real}
    pages = account.logs.get_paginator("filter_log_events").paginate(logGroupName=LOG_GROUP)
    for event in (event for page in pages for event in page["events"]):
        row = dict(zip(FIELDS, event["message"].split(), strict=True))
        if row["srcaddr"] == "-":
            continue
        source, destination, *real = (
            ours.get(found, found)
            for found in (str(ip_address(row[field])) for field in _ADDRESSES)
        )
        yield (
            int(row["start"]),
            Sighting(
                account.interfaces[row["interface-id"]],
                row["flow-direction"],
                source,
                destination,
                row["action"],
                int(row["packets"]),
                int(row["bytes"]),
                *real_addresses(source, destination, *real),
            ),
        )


def _ping_answer(probe: Probe, said: dict[str, Any]) -> Answer:
    counts = _COUNTS.search(said["StandardOutputContent"])
    assert counts, f"not the output of ping: {said}"
    assert counts[1] == str(probe.count), said
    assert counts[2] in ("0", counts[1]), said
    return "answered" if counts[2] == counts[1] else "no answer"


def _connection_answer(probe: Probe, said: dict[str, Any]) -> Answer:
    if probe.udp:
        return "refused" if said["ResponseCode"] else "no answer"
    if said["ResponseCode"] == 0:
        return "answered"
    return "refused" if _REFUSED.search(said["StandardErrorContent"]) else "no answer"
