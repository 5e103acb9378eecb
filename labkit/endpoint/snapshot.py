"""
The embedded AWS's network as it stands, as a Topology.

Reading it takes a few milliseconds, so it is kept until a call may have
changed it: a ping on an unchanged network reads nothing.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, Final

from labkit.endpoint.hosts import Hosts
from labkit.endpoint.moto_seam import ec2_state
from labkit.endpoint.operations import handler_of
from labkit.endpoint.outside import outside_hosts
from labkit.network.read import DESCRIBE_CALLS, read
from labkit.network.read_gateways import GATEWAY_CALLS, prefix_lists_named, worth_asking
from labkit.network.topology import Topology

if TYPE_CHECKING:
    from collections.abc import Iterator

    from labkit.endpoint.application import EmbeddedAws
    from labkit.network.topology import Host, Interface

# Services whose calls change networks; the last two do so on the caller's behalf.
_MOVERS: Final = ("ec2", "cloudformation", "autoscaling")


def _operation(call: str) -> str:
    """EC2's name for what boto3 calls by a method."""
    return "".join(word.capitalize() for word in call.split("_"))


_OPERATIONS: Final = tuple(map(_operation, DESCRIBE_CALLS))


@dataclass(frozen=True)
class Snapshot:
    """
    The network around one Region at one moment.

    Args:
        topology: Its Region and every Region peered with it, however many peerings away.
        attached: Interfaces of each instance by instance id, in the order of their device index.
        mac_addresses: Hardware address of each interface by its id.
    """

    topology: Topology
    attached: dict[str, tuple[Interface, ...]]
    mac_addresses: dict[str, str]


class Snapshots:
    """The latest snapshot of each Region, taken anew when something may have changed."""

    def __init__(self, aws: EmbeddedAws) -> None:
        self._aws = aws
        self._hosts = aws.extension(Hosts)
        self._answers: dict[str, tuple[object, list[tuple[str, dict[str, Any]]]]] = {}
        self._taken: dict[str, tuple[object, Snapshot]] = {}

    def of(self, region: str) -> Snapshot:
        """The network around *region* as it stands; the same object while nothing changes."""
        moment = self._network_moment()
        state = (moment, self._hosts.generation)
        known = self._taken.get(region)
        if known is None or known[0] != state:
            answers = self._answers_around(region, moment)
            known = (state, _snapshot(answers, self._hosts.as_network_hosts()))
            self._taken[region] = known
        return known[1]

    def _network_moment(self) -> tuple[int, ...]:
        return tuple(self._aws.generation(service) for service in _MOVERS)

    def _answers_around(self, region: str, moment: object) -> list[tuple[str, dict[str, Any]]]:
        known = self._answers.get(region)
        if known is None or known[0] != moment:
            with self._aws.active("DescribeNetwork"):
                regions = self._regions_around(region)
                known = (moment, [(each, self._answers_of(each)) for each in regions])
            self._answers[region] = known
        return known[1]

    def _regions_around(self, region: str) -> list[str]:
        found: set[str] = set()
        new = {region}
        while new:
            found |= new
            touched = (ec2_state.peered_regions(self._aws.backend("ec2", each)) for each in new)
            new = set().union(*touched) - found
        return sorted(found)

    def _answers_of(self, region: str) -> dict[str, Any]:
        backend = self._aws.backend("ec2", region)
        answers: dict[str, Any] = {}
        for operation in _OPERATIONS:
            if handler_of("ec2", operation):
                answers |= self._aws.invoke("ec2", operation, region=region)
            else:
                answers |= ec2_state.described(backend, operation)
        for call in worth_asking(answers):
            self._add_gateways(answers, call, region)
        return answers

    def _add_gateways(self, answers: dict[str, Any], call: str, region: str) -> None:
        """What one more call says, where the network has such gateways at all."""
        if call == "describe_managed_prefix_lists":
            lists = ec2_state.prefix_lists(self._aws.backend("ec2", region))
            named = prefix_lists_named(answers)
            answers["PrefixLists"] = [each for each in lists if each["PrefixListId"] in named]
            return
        answers |= self._aws.invoke("ec2", _operation(call), region=region)
        if call == "describe_transit_gateway_route_tables":
            for table in answers[GATEWAY_CALLS[call]]:
                table.update(self._of_transit_table(table["TransitGatewayRouteTableId"], region))

    def _of_transit_table(self, table_id: str, region: str) -> dict[str, Any]:
        in_force = [{"Name": "state", "Values": ["active", "blackhole"]}]
        of_table = {"region": region, "TransitGatewayRouteTableId": table_id}
        routes = self._aws.invoke("ec2", "SearchTransitGatewayRoutes", Filters=in_force, **of_table)
        associations = self._aws.invoke(
            "ec2", "GetTransitGatewayRouteTableAssociations", **of_table
        )
        return {"Routes": routes["Routes"], "Associations": associations["Associations"]}


def _snapshot(answers: list[tuple[str, dict[str, Any]]], hosts: dict[str, Host]) -> Snapshot:
    topology = _joined(
        [
            read(of_region, hosts=hosts, region=name, outside=outside_hosts(name))
            for name, of_region in answers
        ]
    )
    items = [item for _, of_region in answers for item in of_region["NetworkInterfaces"]]
    macs = {item["NetworkInterfaceId"]: item.get("MacAddress", "") for item in items}
    return Snapshot(topology, _attached(items, topology), macs)


def _joined(topologies: list[Topology]) -> Topology:
    """One topology of several Regions'; ids are unique, and both ends know a peering alike."""
    if len(topologies) == 1:
        return topologies[0]
    kinds = Topology.__dataclass_fields__
    return Topology(
        **{
            kind: {key: value for each in topologies for key, value in getattr(each, kind).items()}
            for kind in kinds
        }
    )


def _attached(items: list[dict[str, Any]], topology: Topology) -> dict[str, tuple[Interface, ...]]:
    found: dict[str, list[tuple[int, str]]] = {}
    for instance_id, index, interface_id in _attachments(items):
        found.setdefault(instance_id, []).append((index, interface_id))
    return {
        instance_id: tuple(topology.interfaces[interface_id] for _, interface_id in sorted(each))
        for instance_id, each in found.items()
    }


def _attachments(items: list[dict[str, Any]]) -> Iterator[tuple[str, int, str]]:
    for item in items:
        attachment = item.get("Attachment") or {}
        if attachment.get("InstanceId"):
            index = attachment.get("DeviceIndex") or 0
            yield attachment["InstanceId"], index, item["NetworkInterfaceId"]
