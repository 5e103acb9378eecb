"""A difference between two authorities, told so that it can be understood and repeated."""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Mapping

    from linux_kernel.outcome import Outcome
    from linux_kernel.scenario import (
        Acl,
        AclEntry,
        Group,
        GroupRule,
        Probe,
        RouteTable,
        Scenario,
        TransitTable,
    )


def differences(
    scenario: Scenario, ours: Mapping[int, Outcome], kernel: Mapping[int, Outcome]
) -> str:
    """Every probe of a network that came out differently, below the network; empty if none did."""
    wrong = [each for each in scenario.probes if ours[each.number] != kernel[each.number]]
    if not wrong:
        return ""
    again = f"LABKIT_KERNEL_SEEDS={scenario.seed} pytest tests/against/test_against_linux_kernel.py"
    return "\n".join(
        [
            f"Network {scenario.seed}: {len(wrong)} of {len(scenario.probes)} probes differ.",
            *_network(scenario),
            *(line for probe in wrong for line in _probe(scenario, probe, ours, kernel)),
            f"To repeat it alone: {again}",
        ]
    )


def _probe(
    scenario: Scenario, probe: Probe, ours: Mapping[int, Outcome], kernel: Mapping[int, Outcome]
) -> Iterator[str]:
    owners = [
        each.name
        for each in (*scenario.instances, *scenario.outsiders)
        if probe.destination in each.addresses
    ]
    owners += [
        f"public address of {each.name}"
        for each in (*scenario.instances, *scenario.nats)
        if probe.destination == each.public
    ]
    yield f"probe {probe.number}: {probe.source}# {probe}   ({' or '.join(owners)})"
    yield f"  Linux:  {kernel[probe.number]}"
    yield f"  labkit: {ours[probe.number]}"


def _network(scenario: Scenario) -> Iterator[str]:
    """The network in words, one thing per line."""
    yield from (f"fault     {fault}" for fault in scenario.faults)
    for vpc in scenario.vpcs:
        yield f"vpc       {vpc.name}  {_join(vpc.cidrs)}  internet gateway: {vpc.gateway}"
        if vpc.egress_only != "none":
            yield f"            egress-only gateway: {vpc.egress_only}"
    for peering in scenario.peerings:
        ends = f"{peering.requester} -> {peering.accepter}"
        yield f"peering   {peering.name}  {ends}  {peering.state}"
    for nat in scenario.nats:
        where = f"{nat.address} in {nat.subnet}{'  deleted' if nat.deleted else ''}"
        yield f"nat       {nat.name}  {where}  public address: {nat.public}"
    for door in scenario.attachments:
        yield f"transit   {door.name}  {door.address} in {door.subnet}"
    yield from (line for table in scenario.transit_tables for line in _transit_table(table))
    for subnet in scenario.subnets:
        table, acl = scenario.table_of(subnet), scenario.acl_of(subnet)
        filtered = acl.name if acl else "default"
        uses = f"table {table.name}  acl {filtered}  zone {subnet.zone}"
        yield f"subnet    {subnet.name}  {_join(subnet.cidrs)}  {uses}"
    for instance in scenario.instances:
        groups = _join(instance.groups)
        public = f" ({instance.public})" if instance.public else ""
        yield f"instance  {instance.name}  {_join(instance.addresses)}{public}  groups {groups}"
    yield from (line for table in scenario.tables for line in _table(table))
    yield from (line for group in scenario.groups for line in _group(group))
    yield from (line for acl in scenario.acls for line in _acl(acl))


def _join(values: Iterable[object]) -> str:
    return ", ".join(map(str, values))


def _table(table: RouteTable) -> Iterator[str]:
    yield f"table     {table.name}{' (main)' if table.main else ''}"
    for route in table.routes:
        yield f"            {route.destination} -> {route.target}"


def _transit_table(table: TransitTable) -> Iterator[str]:
    yield f"transit   {table.name}  for {_join(table.attachments)}"
    for destination, door in table.routes:
        yield f"            {destination} -> {door or 'nowhere'}"


def _group(group: Group) -> Iterator[str]:
    yield f"group     {group.name}"
    yield from (f"            in   {_rule(rule)}" for rule in group.ingress)
    yield from (f"            out  {_rule(rule)}" for rule in group.egress)


def _rule(rule: GroupRule) -> str:
    return f"{rule.protocol} {rule.first}/{rule.last} {rule.peer}"


def _acl(acl: Acl) -> Iterator[str]:
    yield f"acl       {acl.name}"
    for entry in sorted(acl.entries, key=lambda entry: (entry.egress, entry.number)):
        yield f"            {_entry(entry)}"


def _entry(entry: AclEntry) -> str:
    way = "out" if entry.egress else "in "
    verdict = "allow" if entry.allow else "deny "
    kind = f" type {entry.icmp_type}/{entry.icmp_code}" if entry.protocol in ("1", "58") else ""
    if entry.protocol in ("6", "17"):
        kind = " ports {}-{}".format(*entry.ports)
    return f"{way}  {entry.number:5d}  {verdict}  protocol {entry.protocol}{kind}  {entry.cidr}"
