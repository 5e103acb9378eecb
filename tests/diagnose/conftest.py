"""A lab's world on paper, with faults in it, the records it would leave, and its diagnosis."""

from __future__ import annotations

from dataclasses import replace
from types import SimpleNamespace
from typing import TYPE_CHECKING

import pytest

from labkit import Lab
from labkit.diagnose import Diagnosis, Logging, Question, Role, diagnose
from labkit.diagnose.rehearsal import Sent, rehearse
from labkit.faults import ACROSS, FAULTS, Ends, World, planned
from labkit.flowlog import FlowRecord
from labkit.network.edits import with_rule
from labkit.network.packet import Direction
from labkit.network.topology import Host, SecurityGroupRule
from labkit.steps import iam

if TYPE_CHECKING:
    from collections.abc import Callable
    from ipaddress import IPv4Network

ASKED_S = 1_800_000_000
READ_S = ASKED_S + 400
BACK = Ends(ACROSS.target, ACROSS.source)


@pytest.fixture(scope="session")
def healthy_lab() -> Lab:
    """A lab that nobody changes."""
    return Lab.open(through="flow_logs")


@pytest.fixture(scope="session")
def healthy(healthy_lab) -> World:
    """The world of a healthy lab."""
    return World.of(healthy_lab)


def broken(world: World, *fault_ids: str, ends: Ends = ACROSS) -> World:
    """A world with some faults in it, one put in after the other."""
    for fault_id in fault_ids:
        world = world.with_changes(planned(world.topology, FAULTS[fault_id], ends))
    return world


def with_ssh(world: World, cidr: IPv4Network) -> World:
    """A world in which app-b lets SSH in."""
    group_id = world.topology.find_interface("app-b").group_ids[0]
    rule = SecurityGroupRule(6, 22, 22, cidr=cidr)
    return world.with_topology(with_rule(world.topology, group_id, Direction.INGRESS, rule))


def records_of(world: World, question: Question, *, count: int = 4) -> list[dict]:
    """What the lab's log group holds of a ping in a world."""
    lines = rehearse(world, [Sent(ASKED_S, question, count)], "/labkit/flow-logs", ASKED_S + 90)
    return [FlowRecord.from_line(line.text).to_dict() for line in lines]


def role_of(world: World) -> Role | None:
    """The delivery role, as far as a world on paper knows of it."""
    arns = {log.role_arn for log in world.flow_logs if log.role_arn}
    fine = all(log.delivery_error is None for log in world.flow_logs)
    return Role(arns.pop(), TRUST, (iam.PERMISSIONS,)) if arns and fine else None


TRUST = {
    "Statement": [{"Effect": "Allow", "Principal": {"Service": iam.SERVICE}, "Action": "sts:*"}]
}


def ask(
    world: World,
    *,
    ends: Ends = ACROSS,
    port: int | None = None,
    count: int = 4,
    read_s: float = READ_S,
) -> Diagnosis:
    """The diagnosis of a world after a ping and a wait for the logs, but for their hosts."""
    question = Question.of(world.topology, *ends, port)
    records = records_of(world, question, count=count) if read_s >= READ_S else []
    role = role_of(world)
    roles = (role,) if role else ()
    logging = Logging(world.flow_logs, "/labkit/flow-logs", read_s, ASKED_S, roles)
    return diagnose(as_described(world), question, records, logging)


def as_described(world: World):
    """The network as AWS would describe it, which tells nothing of hosts but whether they run."""
    interfaces = {
        key: replace(each, host=Host(each.host.state))
        for key, each in world.topology.interfaces.items()
    }
    return replace(world.topology, interfaces=interfaces)


@pytest.fixture(scope="session")
def on_paper() -> SimpleNamespace:
    """What tests do with worlds on paper."""
    return SimpleNamespace(
        ask=ask,
        as_described=as_described,
        broken=broken,
        with_ssh=with_ssh,
        records_of=records_of,
        asked_s=ASKED_S,
        read_s=READ_S,
        back=BACK,
    )


@pytest.fixture(scope="session")
def asked(healthy) -> Callable[..., Diagnosis]:
    """The diagnosis of the healthy lab with some faults in it."""
    return lambda *fault_ids, ends=ACROSS: ask(broken(healthy, *fault_ids, ends=ends), ends=ends)
