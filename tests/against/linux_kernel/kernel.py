"""
A scenario, run by Linux: namespaces, policy routing, nftables, real pings and connections.

Everything happens in one child that has mount, network and process namespaces
of its own, with the named namespaces below it on a private ``/run``. When the
child ends, however it ends, the kernel takes all of it back; nothing has to be
cleaned up, and nothing outside was ever touched.
"""

from __future__ import annotations

import errno
import json
import os
import re
import shutil
import subprocess
import sys
from collections import defaultdict
from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace
from ipaddress import ip_address
from typing import TYPE_CHECKING, Any

from linux_kernel import connect, firewall, gateways, wiring
from linux_kernel.counting import quoted_port
from linux_kernel.outcome import Outcome, Sighting
from linux_kernel.scenario import ECHOING, LISTENING, number_of

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

    from linux_kernel.gateways import Space
    from linux_kernel.outcome import Answer
    from linux_kernel.scenario import Probe, Scenario

_TOOLS = ("ip", "bridge", "nft", "ping", "unshare", "nsenter", "sh", "mount")
# How long probes wait for their answers. One that a busy machine delays longer than that is worth
# another try, and more patience.
_WAITS_SECONDS = (1, 2, 5)
_BETWEEN_SECONDS = 0.01  # between the requests of one ping
_UNREACHABLE = ("destination-unreachable", "1", 3, 1)
_ANSWERS: dict[int, Answer] = {0: "answered", errno.ECONNREFUSED: "refused"}
_AT_ONCE = 8  # networks; they mostly wait
_TIMEOUT_SECONDS = 180  # for a whole network, on a machine with other things to do

_SETTINGS = """
for file in /proc/sys/net/ipv4/conf/*/rp_filter /proc/sys/net/bridge/bridge-nf-call-ip*tables; do
  if [ -e "$file" ]; then echo 0 > "$file"; fi
done
echo 0 > /proc/sys/net/ipv4/icmp_ratelimit
echo 0 > /proc/sys/net/ipv6/icmp/ratelimit
"""
_IGNORE_PINGS = "echo 1 > /proc/sys/net/ipv4/icmp_echo_ignore_all"
_FORWARD = """
echo 1 > /proc/sys/net/ipv4/ip_forward
echo 1 > /proc/sys/net/ipv6/conf/all/forwarding
"""


def why_not() -> str | None:
    """The reason why networks cannot be built here, or None if they can."""
    missing = [tool for tool in _TOOLS if shutil.which(tool) is None]
    if missing:
        return f"not installed: {', '.join(missing)}"
    trial = _in_namespaces("ip netns add trial && nsenter --net=/run/netns/trial nft list ruleset")
    if trial.returncode:
        return f"no network namespaces or nftables here: {trial.stderr.strip()}"
    return None


def run(scenario: Scenario) -> dict[int, Outcome]:
    """
    What Linux makes of every probe of the scenario, by the probe's number.

    Raises:
        RuntimeError: The kernel refused something, or the counters and the
            probes contradict each other on a machine that cannot be that slow.
    """
    for wait_s in _WAITS_SECONDS:
        answers, sightings = _observed(scenario, wait_s)
        outcomes = {
            probe.number: Outcome(answers[probe.number], tuple(sorted(sightings[probe.number])))
            for probe in scenario.probes
        }
        late = [
            probe for probe in scenario.probes if not _consistent(probe, outcomes[probe.number])
        ]
        if not late:
            return {number: _sorted_out(scenario, each) for number, each in outcomes.items()}
    told = "\n".join(f"{probe.source}# {probe}: {outcomes[probe.number]}" for probe in late)
    raise RuntimeError(f"network {scenario.seed}: answers and counters contradict:\n{told}")


def logged(scenarios: Mapping[str, Scenario]) -> dict[str, Outcome]:
    """What flow logs tell of the one probe of each of some scenarios, all worked on at once."""
    with ThreadPoolExecutor(_AT_ONCE) as pool:
        found = pool.map(run, scenarios.values())
        return {name: outcomes[1].logged for name, outcomes in zip(scenarios, found, strict=True)}


def _observed(
    scenario: Scenario, wait_s: int
) -> tuple[dict[int, Answer], dict[int, list[Sighting]]]:
    """Every probe's answer, and what was counted of it."""
    done = _in_namespaces(_script(scenario, wait_s))
    if done.returncode:
        raise RuntimeError(f"network {scenario.seed}: {done.stderr.strip()}")
    first, *sections = re.split(r"^== (\S+)\n", done.stdout, flags=re.MULTILINE)
    codes = (map(int, line.split()) for line in first.splitlines())
    answers = {number: _ANSWERS.get(code, "no answer") for number, code in codes}
    sightings: dict[int, list[Sighting]] = defaultdict(list)
    for name, text in zip(sections[::2], sections[1::2], strict=True):
        for number, sighting in _sightings(scenario, name, json.loads(text)):
            sightings[number].append(sighting)
    return answers, sightings


def _consistent(probe: Probe, outcome: Outcome) -> bool:
    """False if an answer was counted on its way in, but came too late for the probe to see it."""
    came_back = any(
        (row.interface, row.direction, row.action) == (probe.source, "ingress", "ACCEPT")
        and row.source == str(probe.destination)
        for row in outcome.sightings
    )
    return (outcome.answer != "no answer") == came_back


def _sorted_out(scenario: Scenario, outcome: Outcome) -> Outcome:
    """The outcome with crossings apart, and without what hosts outside saw."""
    exits = gateways.exits(scenario)
    others = {*exits, *(each.name for each in scenario.outsiders)}
    return Outcome(
        outcome.answer,
        tuple(row for row in outcome.sightings if row.interface not in others),
        tuple(row for row in outcome.sightings if row.interface in exits),
    )


def _in_namespaces(script: str) -> subprocess.CompletedProcess[str]:
    """Runs a shell script that owns its namespaces; without root, as root of a user namespace."""
    user = [] if os.geteuid() == 0 else ["--user", "--map-root-user"]
    return subprocess.run(
        ["unshare", *user, "--mount", "--net", "--pid", "--fork", "--kill-child", "sh", "-e"],
        input=f"mount -t tmpfs tmpfs /run\nmkdir /run/netns\n{script}",
        capture_output=True,
        check=False,
        text=True,
        timeout=_TIMEOUT_SECONDS,
    )


def _script(scenario: Scenario, wait_s: int) -> str:
    senders = _senders(scenario)
    routers = [wiring.router(vpc.name) for vpc in scenario.vpcs]
    spaces = list(gateways.spaces(scenario))
    hosts = [wiring.host(instance.name) for instance in scenario.instances]
    everything = [*routers, *hosts, *(space.name for space in spaces)]
    counting = [*routers, *hosts, *(space.name for space in spaces if space.counts)]
    return "\n".join(
        [
            _fed("ip -batch -", [*wiring.cables(scenario), *gateways.cables(scenario)]),
            *(_router_script(scenario, vpc.name) for vpc in scenario.vpcs),
            *(_instance_script(scenario, instance.name) for instance in scenario.instances),
            *map(_space_script, spaces),
            *map(_settled, everything),
            *(_pings(scenario, wait_s, name, namespace) for name, namespace in senders.items()),
            _connections(scenario, wait_s, senders),
            "wait",
            *(f"echo '== {name}'; {_inside(name)} nft -j list sets" for name in counting),
        ]
    )


def _senders(scenario: Scenario) -> dict[str, str]:
    """The namespace of everybody who may ask, or be asked, by name."""
    return {each.name: wiring.host(each.name) for each in scenario.instances} | {
        each.name: gateways.outside(each.name) for each in scenario.outsiders
    }


def _space_script(space: Space) -> str:
    settings = [_SETTINGS, _FORWARD] if space.forwards else [_SETTINGS]
    return "\n".join(
        [
            _fed(f"ip -n {space.name} -batch -", space.links),
            *(
                _fed(f"ip -{version} -n {space.name} -batch -", commands)
                for version, commands in space.routes.items()
                if commands
            ),
            _fed(f"{_inside(space.name)} sh -e", settings),
            _fed(f"{_inside(space.name)} nft -f -", [space.filters]),
        ]
    )


def _router_script(scenario: Scenario, vpc: str) -> str:
    name = wiring.router(vpc)
    return "\n".join(
        [
            _fed(f"ip -n {name} -batch -", wiring.router_setup(scenario, vpc)),
            *(
                _fed(
                    f"ip -{version} -n {name} -batch -",
                    wiring.router_routes(scenario, vpc, version),
                )
                for version in (4, 6)
            ),
            _fed(f"bridge -n {name} -batch -", wiring.forwarding_entries(scenario, vpc)),
            _fed(f"{_inside(name)} sh -e", [_SETTINGS, _FORWARD]),
            _fed(f"{_inside(name)} nft -f -", [firewall.router_rules(scenario, vpc)]),
        ]
    )


def _instance_script(scenario: Scenario, name: str) -> str:
    instance = scenario.instance(name)
    host = wiring.host(name)
    settings = [_SETTINGS, _IGNORE_PINGS] if instance.host == "ignores pings" else [_SETTINGS]
    return "\n".join(
        [
            _fed(f"ip -n {host} -batch -", wiring.instance_setup(scenario, instance)),
            _fed(f"{_inside(host)} sh -e", settings),
            _fed(f"{_inside(host)} nft -f -", [firewall.instance_rules(scenario, instance)]),
        ]
    )


def _settled(namespace: str) -> str:
    """
    Waits until every device of a namespace really is up.

    Linux notices the carrier of a cable in the background. Until then a device
    drops what it is given, and its bridge port is closed.
    """
    down = f"ip -n {namespace} -o link show up | grep -E 'NO-CARRIER|state (DOWN|LOWERLAYERDOWN)'"
    closed = f"bridge -n {namespace} -o link show | grep -v 'state forwarding'"
    return "\n".join(f'while [ -n "$({doubt})" ]; do sleep 0.01; done' for doubt in (down, closed))


def _pings(scenario: Scenario, wait_s: int, sender: str, namespace: str) -> str:
    """All pings of one sender at once, each answering with its number and exit code."""
    lines = [
        f"(code=0; ping -n -q -c {probe.count} -s {probe.data_bytes} -i {_BETWEEN_SECONDS}"
        f" -W {wait_s} -e {probe.number} {probe.destination}"
        f" > /run/{probe.number} 2>&1 || code=-1; echo {probe.number} $code) &"
        for probe in scenario.probes
        if probe.source == sender and probe.port is None
    ]
    return _fed(f"{_inside(namespace)} sh", [*lines, "wait"], end=" &") if lines else ""


def _connections(scenario: Scenario, wait_s: int, senders: dict[str, str]) -> str:
    """All TCP connections and datagrams at once, while the pings wait for their answers."""
    probes = [
        (
            each.number,
            "udp" if each.udp else "tcp",
            senders[each.source],
            each.client_port,
            str(each.destination),
            each.port,
        )
        for each in scenario.probes
        if each.port is not None
    ]
    if not probes:
        return ""
    echoes = [(senders[each.name], ECHOING) for each in scenario.instances]
    listeners = [(senders[each.name], LISTENING) for each in scenario.instances]
    listeners += [
        (senders[each.name], each.listening) for each in scenario.outsiders if each.listening
    ]
    asked = {"wait_s": wait_s, "listeners": listeners, "echoes": echoes, "probes": probes}
    return _fed(f"{sys.executable} -I {connect.__file__}", [json.dumps(asked)])


def _inside(namespace: str) -> str:
    return f"nsenter --net=/run/netns/{namespace}"


def _fed(command: str, lines: list[str], end: str = "") -> str:
    return "\n".join([f"{command} <<'END'{end}", *lines, "END"])


def _sightings(
    scenario: Scenario, namespace: str, listing: dict[str, Any]
) -> Iterator[tuple[int, Sighting]]:
    """Every counted verdict in one namespace, with the number of the probe that it belongs to."""
    counted = [item["set"] for item in listing["nftables"] if "set" in item]
    for each in counted:
        *place, direction, action, protocol, _ = each["name"].split("_")
        for element in each.get("elem", ()):
            source, destination, *rest = element["elem"]["val"]["concat"]
            own = source if direction == "egress" else destination
            interface = place[0] if place else _interface(scenario, namespace, own)
            if interface is None:
                continue
            seen = Sighting(interface, direction, source, destination, action.upper())
            shown = _as_logged(scenario, seen)
            if protocol in ("tcp", "udp"):
                yield number_of(*rest), shown
            elif protocol == "icmp" and rest[0] not in _UNREACHABLE:
                counter = element["elem"]["counter"]
                counts = {key: counter[key] for key in ("packets", "bytes")}
                yield rest[1], replace(shown, **counts)
            elif protocol == "error" and rest[0] in _UNREACHABLE:
                yield number_of(quoted_port(rest[2])), shown


def _as_logged(scenario: Scenario, seen: Sighting) -> Sighting:
    """
    What a record shows of a packet at a middlebox: that one's own address in its place.

    Source: Amazon VPC User Guide, "Flow log record examples", NAT gateway.
    """
    box = next((each for each in scenario.middleboxes() if each.name == seen.interface), None)
    if box is None:
        return seen
    own = str(box.address)
    if seen.direction == "egress":
        real = seen.source if seen.source != own else ""
        return replace(seen, source=own, packet_source=real)
    real = seen.destination if seen.destination != own else ""
    return replace(seen, destination=own, packet_destination=real)


def _interface(scenario: Scenario, namespace: str, owner: str) -> str | None:
    """Whose interface a counted packet belongs to; None where nobody has the address."""
    if namespace in gateways.exits(scenario):
        return namespace
    kind, name = namespace.split("-", 1)
    if kind in "mo":
        return name
    candidates = [scenario.instance(name)] if kind == "i" else scenario.instances_of(name)
    address = ip_address(owner)
    return next((each.name for each in candidates if address in each.addresses), None)
