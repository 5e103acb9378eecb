"""Network ACLs that deny the ping on one of its four crossings of a subnet's edge."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING, Any, Final

from labkit.errors import FaultRefused
from labkit.faults.fault import Breaks, fault
from labkit.faults.parts import AclEntry, Change, FreshAcl
from labkit.network.filtering import security_group_verdict
from labkit.network.packet import SYN, Direction, Packet, Protocol

if TYPE_CHECKING:
    from collections.abc import Iterator

    from labkit.faults.way import End, Way
    from labkit.network.packet import Address
    from labkit.network.topology import Network

_IN, _OUT = Direction.INGRESS, Direction.EGRESS
_SSH: Final = 22
_EPHEMERAL: Final = 40_000
_ICMP: Final = {"Protocol": "1", "IcmpTypeCode": {"Type": -1, "Code": -1}}
_ECHO_REQUESTS: Final = {"Protocol": "1", "IcmpTypeCode": {"Type": 8, "Code": -1}}
_TO_SSH: Final = {"Protocol": "6", "PortRange": {"From": _SSH, "To": _SSH}}
_ANYWHERE: Final = "0.0.0.0/0"


@fault(Breaks.PING)
def acl_denies_request_in(way: Way) -> Iterator[Change]:
    """
    A low-numbered entry of the receiver's network ACL denies the request on its way in.

    **Symptom** The ping gets no answer, although a later entry allows everything.

    **Evidence** One REJECT, at the receiver's interface, for the request; the same record as of a
    security group. The security group allows the ping, so it was the network ACL.

    **Cause** Entries are tried in the order of their numbers, and the first match decides. A deny
    stands before the allow.

    **Repair** Delete the deny, or put an allow with a lower number before it.
    """
    yield denied(way.receiver, way.request, _IN)


@fault(Breaks.PING)
def acl_denies_request_out(way: Way) -> Iterator[Change]:
    """
    An entry of the sender's network ACL denies the request on its way out.

    **Symptom** The ping gets no answer; all packets are lost.

    **Evidence** One REJECT, at the sender's own interface, for the request going out. The
    receiver's interface records nothing.

    **Cause** The network ACL of the sender's subnet denies ICMP going out.

    **Repair** Delete the deny, or put an allow with a lower number before it.
    """
    yield denied(way.sender, way.request, _OUT)


@fault(Breaks.PING)
def acl_denies_reply_out(way: Way) -> Iterator[Change]:
    """
    An entry of the receiver's network ACL denies the reply on its way out.

    **Symptom** The ping gets no answer, although the request is let in.

    **Evidence** At the receiver's interface an ACCEPT for the request and a REJECT for the reply.
    A security group cannot do that: it remembers the request.

    **Cause** Network ACLs remember nothing. The reply needs an entry of its own, and one denies
    it.

    **Repair** Delete the deny, or put an allow with a lower number before it.
    """
    yield denied(way.receiver, way.reply, _OUT)


@fault(Breaks.PING)
def acl_denies_reply_in(way: Way) -> Iterator[Change]:
    """
    An entry of the sender's network ACL denies the reply on its way in.

    **Symptom** The ping gets no answer, although the receiver answers.

    **Evidence** Request and reply are ACCEPT at the receiver's interface. The sender's interface
    has a REJECT for the reply.

    **Cause** Network ACLs remember nothing. The reply has to be let into the sender's subnet, and
    an entry denies it.

    **Repair** Delete the deny, or put an allow with a lower number before it.
    """
    yield denied(way.sender, way.reply, _IN)


def denied(end: End, packet: Packet, direction: Direction, block: Network | None = None) -> Change:
    """A deny for ICMP, of a whole range, just before the entry that lets the packet pass."""
    first = end.entries_that_allow(packet, direction)[0]
    peer = packet.source if direction is _IN else packet.destination
    number = _free_below(end, first.number, direction)
    value = {**_ICMP, "RuleAction": "deny", "CidrBlock": str(block or _range_of(end, peer))}
    return Change(AclEntry(end.acl.network_acl_id, direction is _OUT, number), value)


def _range_of(end: End, address: Address) -> Network:
    vpcs = end.topology.vpcs.values()
    return next(cidr for vpc in vpcs for cidr in vpc.cidrs if address in cidr)


def _free_below(end: End, number: int, direction: Direction) -> int:
    taken = {each.number for each in end.acl.entries if each.egress is (direction is _OUT)}
    free = (each for each in range(max(number // 2, 1), number) if each not in taken)
    found = next(free, None)
    if found is None:
        raise FaultRefused(
            f"{end.acl.network_acl_id} has no free number below entry {number} for a deny."
        )
    return found


@fault(Breaks.PING)
def acl_outbound_entry_missing(way: Way) -> Iterator[Change]:
    """
    The receiver's network ACL has no outbound entry that lets the reply go.

    **Symptom** The ping gets no answer, although the inbound entries allow everything.

    **Evidence** At the receiver's interface an ACCEPT for the request and a REJECT for the reply.

    **Cause** What no numbered entry matches, the last entry, ``*``, denies. Only the inbound side
    was filled in.

    **Repair** Add an outbound entry that allows ICMP to the sender's range.
    """
    for entry in way.receiver.entries_that_allow(way.reply, _OUT):
        yield Change(AclEntry.of(way.receiver.acl.network_acl_id, entry), None)


@fault(Breaks.PING)
def acl_allows_own_range_only(way: Way) -> Iterator[Change]:
    """
    The receiver's network ACL lets in its own VPC's range, and not the sender's.

    **Symptom** The ping gets no answer, although an inbound entry allows all traffic.

    **Evidence** One REJECT, at the receiver's interface, for the request.

    **Cause** The range of the inbound entry is that of the receiver's own VPC. What comes through
    the peering connection keeps its address, and that lies in another range.

    **Repair** Add an inbound entry for the sender's range.
    """
    own = next(cidr for cidr in way.receiver.vpc.cidrs if cidr.version == 4)
    value = {"Protocol": "-1", "RuleAction": "allow", "CidrBlock": str(own)}
    yield from in_place_of_entries(way.receiver, way.request, _IN, value)


@fault(Breaks.PING)
def acl_outbound_for_requests_only(way: Way) -> Iterator[Change]:
    """
    The receiver's network ACL lets echo requests out, and no replies.

    **Symptom** The ping gets no answer, although ICMP is allowed in both directions.

    **Evidence** At the receiver's interface an ACCEPT for the request and a REJECT for the reply.

    **Cause** The inbound entry was copied to the outbound side, type 8 and all. What goes out is
    a reply, type 0.

    **Repair** Allow echo replies, type 0, on the outbound side.
    """
    value = {**_ECHO_REQUESTS, "RuleAction": "allow", "CidrBlock": _ANYWHERE}
    yield from in_place_of_entries(way.receiver, way.reply, _OUT, value)


def in_place_of_entries(
    end: End, packet: Packet, direction: Direction, *values: dict[str, Any]
) -> Iterator[Change]:
    """Other entries in place of those that let a packet pass."""
    acl_id, found = end.acl.network_acl_id, end.entries_that_allow(packet, direction)
    for entry in found[1:]:
        yield Change(AclEntry.of(acl_id, entry), None)
    first = AclEntry.of(acl_id, found[0])
    for step, value in enumerate(values):
        yield Change(replace(first, number=first.number + step), value)


@fault(Breaks.PING)
def acl_new_and_empty(way: Way) -> Iterator[Change]:
    """
    The receiver's subnet has a new network ACL that nobody has filled.

    **Symptom** The ping gets no answer; nothing reaches the subnet.

    **Evidence** One REJECT, at the receiver's interface, for the request; every other packet from
    outside the subnet is rejected too.

    **Cause** A network ACL of one's own denies everything until entries are added. Only the
    default one of a VPC begins by allowing everything.

    **Repair** Add entries, inbound and outbound, or give the subnet its former network ACL back.
    """
    end = way.receiver
    end.entries_that_allow(way.request, _IN)
    name = f"acl-of-{end.subnet.name or end.subnet.subnet_id}"
    acl_id = end.acl.network_acl_id
    yield Change(FreshAcl(end.subnet.subnet_id, end.vpc.vpc_id, acl_id, name), after=True)


@fault(Breaks.TCP)
def acl_without_ephemeral_ports(way: Way) -> Iterator[Change]:
    """
    The sender's network ACL does not let answers to its connections in.

    **Symptom** Pings are answered, and no TCP connection opens: each attempt times out.

    **Evidence** The receiver's interface records the connection both ways as ACCEPT. The sender's
    interface has a REJECT for what comes back, to a port above 32767.

    **Cause** A connection's answers go to the ephemeral port that the sender chose for it. The
    inbound entries allow ICMP and port 22, and network ACLs do not remember that the connection
    was begun from inside.

    **Repair** Add an inbound entry for TCP to the ephemeral ports, 1024-65535.
    """
    _require_ssh(way)
    answer = _segment(way, replying=True)
    icmp, ssh = (
        {**each, "RuleAction": "allow", "CidrBlock": _ANYWHERE} for each in (_ICMP, _TO_SSH)
    )
    yield from in_place_of_entries(way.sender, answer, _IN, icmp, ssh)


def _segment(way: Way, *, replying: bool) -> Packet:
    asking, asked = way.sender.address, way.receiver.address
    if replying:
        return Packet(asked, asking, Protocol.TCP, _SSH, _EPHEMERAL, tcp_flags=SYN)
    return Packet(asking, asked, Protocol.TCP, _EPHEMERAL, _SSH, tcp_flags=SYN)


def _require_ssh(way: Way) -> None:
    opening = _segment(way, replying=False)
    if security_group_verdict(way.topology, way.receiver.interface, opening, _IN) is None:
        raise FaultRefused(
            f"This fault breaks TCP connections, and {way.receiver.name} lets none in. "
            f"Allow TCP port {_SSH} from {way.sender.address} in its security group first."
        )
