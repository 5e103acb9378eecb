"""Why the flow logs do not tell: what is wrong with them, and not with the network."""

from __future__ import annotations

import json
from dataclasses import dataclass
from typing import TYPE_CHECKING

from labkit.diagnose.causes import Cause
from labkit.diagnose.roles import SERVICE
from labkit.network.explain import label
from labkit.network.packet import Action

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from labkit.diagnose.evidence import Logging
    from labkit.diagnose.roles import Role
    from labkit.network.topology import Interface, Topology


@dataclass(frozen=True, slots=True)
class LogFinding:
    """Something wrong with a flow log: what, whose, how one can tell, and what to do."""

    cause: Cause
    component_id: str
    says: str
    proof: str
    remedy: str


def log_findings(
    topology: Topology, interfaces: Sequence[Interface], logging: Logging
) -> tuple[LogFinding, ...]:
    """
    What keeps records of some interfaces from being read, each thing once.

    Args:
        topology: The network, for names.
        interfaces: Whose records are missed.
        logging: The flow logs and their roles, and where and when they are read.
    """
    found: dict[tuple[Cause, str], LogFinding] = {}
    for interface in interfaces:
        for each in _of_interface(topology, interface, logging):
            found.setdefault((each.cause, each.component_id), each)
    return tuple(found.values())


def _of_interface(
    topology: Topology, interface: Interface, logging: Logging
) -> Iterator[LogFinding]:
    blind = logging.blind(interface, Action.ACCEPT) or logging.blind(interface, Action.REJECT)
    watching = [each for each in logging.flow_logs if each.covers(interface)]
    vpc = label(topology, interface.vpc_id)
    if blind is Cause.NO_FLOW_LOG:
        yield LogFinding(
            blind,
            interface.vpc_id,
            f"No flow log watches {vpc}.",
            "DescribeFlowLogs lists none for it, its subnets or its interfaces.",
            'Create one for it, as lab.build("flow_logs") does for vpc-a and vpc-b. What happened '
            "before stays unknown.",
        )
        return
    for log in watching:
        role = logging.role_of(log)
        if role is not None:
            yield from _of_role(role)
        elif log.delivery_error:
            yield _failing(log.flow_log_id, log.delivery_error)
    if blind in (Cause.LOG_KEEPS_REJECTS, Cause.LOG_KEEPS_ACCEPTS, Cause.LOG_ELSEWHERE):
        yield _of_settings(blind, watching[0].flow_log_id, vpc, watching[0].log_group)
    elif blind is Cause.TOO_EARLY:
        yield LogFinding(
            blind,
            interface.interface_id,
            "What was sent just now cannot be in the records yet.",
            "AWS gathers for an interval and delivers about five minutes after it.",
            "Wait: lab.wait_for_logs(). Then ask again.",
        )


def _of_settings(cause: Cause, flow_log_id: str, vpc: str, log_group: str | None) -> LogFinding:
    says = {
        Cause.LOG_KEEPS_REJECTS: f"The flow log of {vpc} keeps REJECT records only.",
        Cause.LOG_KEEPS_ACCEPTS: f"The flow log of {vpc} keeps ACCEPT records only.",
        Cause.LOG_ELSEWHERE: f"The flow log of {vpc} writes to {log_group}.",
    }[cause]
    return LogFinding(
        cause,
        flow_log_id,
        says,
        f"DescribeFlowLogs says so of {flow_log_id}.",
        "Nobody can change a flow log: delete it and create it anew with the right settings.",
    )


def _of_role(role: Role) -> Iterator[LogFinding]:
    name = role.arn.rpartition("/")[2]
    remedy = 'Put the role right: lab.build("iam").'
    if not role.is_trusting:
        principals = json.dumps(role.principals)
        yield LogFinding(
            Cause.ROLE_NOT_TRUSTED,
            role.arn,
            f"Flow logs may not assume the role {name}.",
            f"Its trust policy names {principals}, and not {SERVICE}.",
            remedy,
        )
    lacking = role.lacks()
    if lacking:
        yield LogFinding(
            Cause.ROLE_MAY_NOT_WRITE,
            role.arn,
            f"The role {name} may not write records.",
            f"None of its policies allows {', '.join(lacking)}.",
            remedy,
        )


def _failing(flow_log_id: str, error: str) -> LogFinding:
    return LogFinding(
        Cause.DELIVERY_FAILS,
        flow_log_id,
        f"The flow log {flow_log_id} cannot deliver: {error}.",
        "DescribeFlowLogs says DeliverLogsStatus FAILED.",
        "Look at its role: who may assume it, and what it may do.",
    )
