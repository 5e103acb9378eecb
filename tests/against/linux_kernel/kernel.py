"""
A scenario, run by Linux: namespaces, policy routing, nftables, and real pings.

Everything happens in one child that has mount, network and process namespaces
of its own, with the named namespaces below it on a private ``/run``. When the
child ends, however it ends, the kernel takes all of it back; nothing has to be
cleaned up, and nothing outside was ever touched.
"""

from __future__ import annotations

import json
import os
import re
import shutil
import subprocess
from collections import defaultdict
from ipaddress import ip_address
from typing import TYPE_CHECKING, Any

from linux_kernel import firewall, wiring
from linux_kernel.outcome import Outcome, Sighting

if TYPE_CHECKING:
    from collections.abc import Iterator

    from linux_kernel.scenario import Ping, Scenario

_TOOLS = ("ip", "bridge", "nft", "ping", "unshare", "nsenter", "sh", "mount")
_WAIT_SECONDS = 1  # how long a ping waits for its answer
_ATTEMPTS = 3  # an answer that a busy machine delays too long is worth another try
_TIMEOUT_SECONDS = 60  # for a whole network, on a machine with other things to do

_SETTINGS = """
for file in /proc/sys/net/ipv4/conf/*/rp_filter /proc/sys/net/bridge/bridge-nf-call-ip*tables; do
  if [ -e "$file" ]; then echo 0 > "$file"; fi
done
"""
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
    What Linux makes of every ping of the scenario, by the ping's number.

    Raises:
        RuntimeError: The kernel refused something, or the counters and the
            pings contradict each other on a machine that cannot be that slow.
    """
    for _ in range(_ATTEMPTS):
        exit_codes, sightings = _observed(scenario)
        outcomes = {
            ping.number: Outcome(
                exit_codes[ping.number] == 0, tuple(sorted(sightings[ping.number]))
            )
            for ping in scenario.pings
        }
        late = [ping for ping in scenario.pings if not _consistent(ping, outcomes[ping.number])]
        if not late:
            return outcomes
    raise RuntimeError(f"network {scenario.seed}: {late} against {outcomes}")


def _observed(scenario: Scenario) -> tuple[dict[int, int], dict[int, list[Sighting]]]:
    """Every ping's exit code, and what was counted of it."""
    done = _in_namespaces(_script(scenario))
    if done.returncode:
        raise RuntimeError(f"network {scenario.seed}: {done.stderr.strip()}")
    first, *sections = re.split(r"^== (\S+)\n", done.stdout, flags=re.MULTILINE)
    exit_codes = {int(number): int(code) for number, code in map(str.split, first.splitlines())}
    sightings: dict[int, list[Sighting]] = defaultdict(list)
    for name, text in zip(sections[::2], sections[1::2], strict=True):
        for number, sighting in _sightings(scenario, name, json.loads(text)):
            sightings[number].append(sighting)
    return exit_codes, sightings


def _consistent(ping: Ping, outcome: Outcome) -> bool:
    """False if an answer was counted on its way in, but came too late for the ping to see it."""
    came_back = any(
        (row.interface, row.direction, row.action) == (ping.source, "ingress", "ACCEPT")
        and row.source == str(ping.destination)
        for row in outcome.sightings
    )
    return outcome.answered == came_back


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


def _script(scenario: Scenario) -> str:
    hosts = [wiring.host(instance.name) for instance in scenario.instances]
    routers = [wiring.router(vpc.name) for vpc in scenario.vpcs]
    return "\n".join(
        [
            _fed("ip -batch -", wiring.cables(scenario)),
            *(_router_script(scenario, vpc.name) for vpc in scenario.vpcs),
            *(_instance_script(scenario, instance.name) for instance in scenario.instances),
            *(_pings(scenario, instance.name) for instance in scenario.instances),
            "wait",
            *(f"echo '== {name}'; {_inside(name)} nft -j list sets" for name in routers + hosts),
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
    inside = _inside(wiring.host(name))
    return "\n".join(
        [
            _fed(f"ip -n {wiring.host(name)} -batch -", wiring.instance_setup(scenario, instance)),
            _fed(f"{inside} sh -e", [_SETTINGS]),
            _fed(f"{inside} nft -f -", [firewall.instance_rules(scenario, instance)]),
        ]
    )


def _pings(scenario: Scenario, instance: str) -> str:
    """All pings of one instance at once, each answering with its number and exit code."""
    lines = [
        f"(code=0; ping -n -q -c 1 -W {_WAIT_SECONDS} -e {ping.number} {ping.destination}"
        f" > /run/{ping.number} 2>&1 || code=$?; echo {ping.number} $code) &"
        for ping in scenario.pings
        if ping.source == instance
    ]
    return _fed(f"{_inside(wiring.host(instance))} sh", [*lines, "wait"], end=" &")


def _inside(namespace: str) -> str:
    return f"nsenter --net=/run/netns/{namespace}"


def _fed(command: str, lines: list[str], end: str = "") -> str:
    return "\n".join([f"{command} <<'END'{end}", *lines, "END"])


def _sightings(
    scenario: Scenario, namespace: str, listing: dict[str, Any]
) -> Iterator[tuple[int, Sighting]]:
    """Every counted verdict in one namespace, with the number of the ping that it belongs to."""
    counted = [item["set"] for item in listing["nftables"] if "set" in item]
    for each in counted:
        direction, action = each["name"][:-1].split("_")
        for element in each.get("elem", ()):
            source, destination, _, number = element["elem"]["val"]["concat"]
            owner = source if direction == "egress" else destination
            interface = _interface(scenario, namespace, owner)
            if interface is not None:
                ends = (interface, direction, source, destination)
                packets, size = (element["elem"]["counter"][key] for key in ("packets", "bytes"))
                yield number, Sighting(*ends, action.upper(), packets, size)


def _interface(scenario: Scenario, namespace: str, owner: str) -> str | None:
    """The instance that a counted packet belongs to; None where nobody has the address."""
    kind, name = namespace.split("-", 1)
    candidates = [scenario.instance(name)] if kind == "i" else scenario.instances_of(name)
    address = ip_address(owner)
    return next((each.name for each in candidates if address in each.addresses), None)
