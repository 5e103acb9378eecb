"""A lab that faults are applied to, one after the other, and what comes of each."""

from __future__ import annotations

import re
from dataclasses import dataclass, field, replace
from ipaddress import ip_address
from typing import TYPE_CHECKING, Any

import pytest

from labkit import Lab, faults
from labkit.faults import FAULTS, Ends, World, planned, usual_ends
from labkit.faults.cases import Case, cases
from labkit.network.edits import LIVE_STATUSES
from labkit.network.explain import label
from labkit.network.hops import Station
from labkit.network.packet import SYN, Packet, echo_request
from labkit.network.topology import Host
from labkit.network.walk import walk
from labkit.steps import gateways

if TYPE_CHECKING:
    from labkit.network.hops import Walk
    from labkit.network.topology import RouteTable, SecurityGroup, Topology

SSH_FROM_A = [
    {"IpProtocol": "tcp", "FromPort": 22, "ToPort": 22, "IpRanges": [{"CidrIp": "10.1.0.0/16"}]}
]
MINUTE_S = 60
DELIVERED_S = 390
ADDRESS = {"app-a": "10.1.1.10", "app-b": "10.2.1.10"}
ACROSS_WAY = [("app-a", "out"), ("app-b", "in"), ("app-b", "out"), ("app-a", "in")]
# A NAT gateway sees every packet twice, so a place is not enough: the request comes first.
OUT_WAY = [("worker-a", "out"), ("nat-a", "in"), ("nat-a", "out"), ("worker-a", "in")]


@dataclass(frozen=True)
class Scene:
    """A lab, between whom its faults are tried, and the log group that tells of it."""

    lab: Lab
    ends: Ends
    log_group: str

    @property
    def address(self) -> str:
        """Who is asked."""
        return ADDRESS.get(self.ends.target, self.ends.target)


def comparable(topology: Topology) -> Topology:
    """
    The network without what AWS itself would number or order anew.

    A deleted peering connection is gone for good, and its successor has an id of its own; so has a
    gateway or an ACL that is made again. Routes, rules and entries have no order in what AWS
    describes. What a host does about pings is not in it at all.
    """
    live = {
        each.name: replace(each, peering_id=each.name)
        for each in topology.peerings.values()
        if each.status in LIVE_STATUSES
    }
    names = _names(topology)
    live_nats = [each for each in topology.nat_gateways.values() if each.is_available]
    return replace(
        topology,
        peerings=live,
        nat_gateways={n.name: replace(n, nat_gateway_id="", interface_id="") for n in live_nats},
        internet_gateways={f"gateway of {of}": of for of in topology.internet_gateways.values()},
        internet_gateway_names={
            f"gateway of {of}": topology.internet_gateway_names.get(each, "")
            for each, of in topology.internet_gateways.items()
        },
        route_tables={key: _table(table, names) for key, table in topology.route_tables.items()},
        security_groups={key: _group(group) for key, group in topology.security_groups.items()},
        network_acls={
            acl.name or key: replace(
                acl,
                network_acl_id=acl.name or key,
                entries=tuple(sorted((e for e in acl.entries if e.number < 32767), key=repr)),
            )
            for key, acl in topology.network_acls.items()
        },
        interfaces={
            key: replace(each, host=Host(each.host.state))
            for key, each in topology.interfaces.items()
            if each.interface_type != "nat_gateway"
        },
    )


def _names(topology: Topology) -> dict[str, str]:
    """What route targets go by, by id."""
    gateways = {each: f"gateway of {of}" for each, of in topology.internet_gateways.items()}
    peerings = {
        each.peering_id: each.name
        for each in topology.peerings.values()
        if each.status in LIVE_STATUSES
    }
    nats = {key: f"NAT gateway {each.name}" for key, each in topology.nat_gateways.items()}
    return gateways | peerings | nats


def _table(table: RouteTable, names: dict[str, str]) -> RouteTable:
    routes = (replace(r, target_id=names.get(r.target_id, r.target_id)) for r in table.routes)
    return replace(table, routes=tuple(sorted(routes, key=repr)))


def _group(group: SecurityGroup) -> SecurityGroup:
    ingress, egress = (tuple(sorted(rules, key=repr)) for rules in (group.ingress, group.egress))
    return replace(group, ingress=ingress, egress=egress)


def probe_of(case: Case, topology: Topology, scene: Scene) -> Packet:
    """The first packet of what a case tries."""
    asking, asked = topology.find_interface(scene.ends.source).addresses[0], scene.address
    if case.probe == "ping":
        return echo_request(asking, ip_address(asked))
    port = int(case.probe.removeprefix("tcp "))
    return Packet(asking, ip_address(asked), 6, 40000, port, tcp_flags=SYN, size_bytes=60)


def walked(case: Case, topology: Topology, scene: Scene) -> Walk:
    sender = topology.find_interface(scene.ends.source)
    return walk(topology, probe_of(case, topology, scene), sender)


def ending(walked: Walk, topology: Topology) -> dict[str, str]:
    """How a walk ended, as case files tell it."""
    last = walked.hops[-1]
    of_subnet = last.station in (Station.NETWORK_ACL, Station.ROUTE_TABLE)
    place = last.subnet_id if of_subnet else last.interface_id or last.vpc_id
    name = label(topology, place).partition(" (")[0]
    return {"ends": str(walked.fate), "leg": str(walked.leg), "at": f"{last.station} of {name}"}


class Calls:
    """The names of the calls that a lab's clients make while it listens."""

    def __init__(self, lab: Lab) -> None:
        self.names: list[str] = []
        self._clients = (lab.ec2, lab.iam, lab.logs, lab.ssm)

    def __enter__(self) -> list[str]:
        for client in self._clients:
            client.meta.events.register("before-call", self._note)
        return self.names

    def __exit__(self, *_: object) -> None:
        for client in self._clients:
            client.meta.events.unregister("before-call", self._note)

    def _note(self, model, **_: object) -> None:
        self.names.append(re.sub(r"(?<!^)(?=[A-Z])", "_", model.name).lower())


def probe(scene: Scene, case: Case) -> bool:
    """Whether the probe of a case is answered, tried on the instance itself."""
    lab, source = scene.lab, scene.ends.source
    if case.probe == "ping":
        return lab.ping(*scene.ends).answered
    port = case.probe.removeprefix("tcp ")
    return lab.run_command(source, f"nc -z -w 1 {scene.address} {port}").exit_code == 0


def records_since(scene: Scene, since_s: float) -> list[tuple[str, str, str]]:
    """Interface, direction and action of every record since a moment, in the order of the way."""
    frame = scene.lab.flow_records(log_group=scene.log_group)
    frame = frame[
        (frame["log-status"] == "OK") & (frame["start"].map(lambda t: t.timestamp()) >= since_s)
    ]
    names = {each.interface_id: each.name for each in scene.lab.topology().interfaces.values()}
    seen = []
    for row in frame.to_dict("records"):
        name = names[row["interface-id"]]
        if "flow-direction" in row:
            direction = {"ingress": "in", "egress": "out"}[row["flow-direction"]]
            is_reply, way = row["pkt-srcaddr"] == scene.address, OUT_WAY
        else:
            direction = "out" if row["srcaddr"] == ADDRESS[name] else "in"
            is_reply, way = False, ACROSS_WAY
        order = (is_reply, way.index((name, direction)))
        seen.append((order, (name, direction, row["action"])))
    return [each for _, each in sorted(seen)]


def rows(scene: Scene, query: str, since_s: float) -> list[dict[str, Any]]:
    """What a query finds since a moment, interfaces by the name of their instance."""
    names = {each.interface_id: each.name for each in scene.lab.topology().interfaces.values()}
    frame = scene.lab.insights(query, log_group=scene.log_group, start=since_s)
    return [
        {key: names.get(value, value) for key, value in row.items()}
        for row in frame.to_dict("records")
    ]


@dataclass
class Observed:
    """All that one fault did to the lab, from before it was applied until after its repair."""

    case: Case
    before: Topology
    on_paper: Topology | None = None
    broken: Topology | None = None
    after: Topology | None = None
    fate_on_paper: dict[str, str] = field(default_factory=dict)
    fate_configured: str = ""
    fate_after: str = ""
    answered: bool = False
    answered_after: bool = False
    records: list[tuple[str, str, str]] = field(default_factory=list)
    shows: list[dict[str, Any]] = field(default_factory=list)
    repair_calls: list[str] = field(default_factory=list)
    logging: tuple[Any, Any] = ()
    left_applied: list[Any] = field(default_factory=list)


@pytest.fixture(scope="session", name="comparable")
def _comparable():
    return comparable


@pytest.fixture(scope="module")
def broken_lab():
    """A healthy lab whose flow logs have something to tell; every test leaves it as it was."""
    lab = Lab.open(through="flow_logs")
    lab.ping("app-a", "app-b")
    lab.wait_for_logs()
    return lab


@pytest.fixture(scope="module")
def lab_with_gateways():
    """The same with a public and a private subnet, and their ways to the internet."""
    lab = Lab.open(through="gateways")
    lab.ping(*faults.OUT)
    lab.wait_for_logs()
    return lab


@pytest.fixture(scope="module", params=FAULTS)
def observed(request) -> Observed:
    """One fault applied, probed, looked at and repaired."""
    case, fault = cases()[request.param], FAULTS[request.param]
    lab = request.getfixturevalue("lab_with_gateways" if fault.leads_out else "broken_lab")
    group = gateways.log_group(lab) if fault.leads_out else lab.log_group
    group_id = lab.find("security-group", "allow-icmp-b")
    if case.given != "healthy":
        lab.ec2.authorize_security_group_ingress(GroupId=group_id, IpPermissions=SSH_FROM_A)
    seen = _observe(Scene(lab, usual_ends(fault), group), case)
    if case.given != "healthy":
        lab.ec2.revoke_security_group_ingress(GroupId=group_id, IpPermissions=SSH_FROM_A)
    return seen


def _observe(scene: Scene, case: Case) -> Observed:
    lab = scene.lab
    world, logging = World.of(lab), _logging(lab)
    seen = Observed(case, comparable(world.topology))
    paper = world.with_changes(planned(world.topology, FAULTS[case.fault_id])).topology
    seen.on_paper = comparable(paper)
    seen.fate_on_paper = ending(walked(case, paper, scene), paper)
    lab.clock.sleep(MINUTE_S - lab.clock.now() % MINUTE_S)  # a window of its own
    since_s = lab.clock.now()
    faults.apply(lab, case.fault_id)
    seen.broken = comparable(lab.topology())
    seen.fate_configured = str(walked(case, lab.topology(), scene).fate)
    seen.answered = probe(scene, case)
    lab.clock.sleep(DELIVERED_S)
    seen.records = records_since(scene, since_s) if _reads(lab) else []
    seen.shows = rows(scene, case.query, since_s)
    with Calls(lab) as seen.repair_calls:
        faults.repair(lab, case.fault_id)
    seen.after, seen.logging = comparable(lab.topology()), (logging, _logging(lab))
    seen.fate_after = str(walked(case, lab.topology(), scene).fate)
    seen.answered_after = probe(scene, case)
    seen.left_applied = faults.applied(lab)
    lab.wait_for_logs()
    return seen


def _reads(lab: Lab) -> bool:
    """Whether any flow log writes to the lab's log group, so that its format is known."""
    filters = [{"Name": "log-group-name", "Values": [lab.log_group]}]
    return bool(lab.ec2.describe_flow_logs(Filter=filters)["FlowLogs"])


def _logging(lab: Lab) -> list[Any]:
    """The flow logs of the lab and their role, without ids and times."""
    role = lab.iam.get_role(RoleName="labkit-flow-logs")["Role"]["AssumeRolePolicyDocument"]
    policy = lab.iam.get_role_policy(RoleName="labkit-flow-logs", PolicyName="write-flow-logs")
    told = ("ResourceId", "TrafficType", "LogGroupName", "LogFormat", "Tags")
    found = lab.tags.resources(lab.ec2, "vpc-flow-log")
    return [role, policy["PolicyDocument"], *({key: each[key] for key in told} for each in found)]
