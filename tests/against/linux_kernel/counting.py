"""
Counters where a flow log would look, as nftables sets.

Every verdict is counted in the kernel, by addresses and by ICMP type and
identifier or by ports, in a set per direction and action. What is seen at a
middlebox is counted in sets of its own, for the addresses in a packet do not
tell that it was there.
"""

from __future__ import annotations

import sys
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator

SETS = ("egress_accept", "egress_reject", "ingress_accept", "ingress_reject")

# What tells the probes apart, by protocol and IP version.
KEYS = {
    "icmp_4": "ip saddr . ip daddr . icmp type . icmp id",
    "icmp_6": "ip6 saddr . ip6 daddr . icmpv6 type . icmpv6 id",
    "tcp_4": "ip saddr . ip daddr . tcp sport . tcp dport",
    "tcp_6": "ip6 saddr . ip6 daddr . tcp sport . tcp dport",
    "udp_4": "ip saddr . ip daddr . udp sport . udp dport",
    "udp_6": "ip6 saddr . ip6 daddr . udp sport . udp dport",
    "error_4": "ip saddr . ip daddr . icmp type . icmp code . meta mark",
    "error_6": "ip6 saddr . ip6 daddr . icmpv6 type . icmpv6 code . meta mark",
}

# An error is told by the ports of the datagram that it is about. It quotes them, behind its own
# header and that of the datagram's IP packet, and the mark takes them into the key.
_QUOTED = ("icmp type 3 meta mark set @th,224,32", "icmpv6 type 1 meta mark set @th,384,32")


def quoted_port(mark: int) -> int:
    """The client port of the datagram that an error is about, by the mark in its key."""
    return int.from_bytes(mark.to_bytes(4, sys.byteorder)[:2], "big")


def count(name: str, only: str = "") -> Iterator[str]:
    """Rules that count a packet in the sets of a direction and action."""
    for rule in _QUOTED:
        yield f"{only}{rule}"
    for kind, key in KEYS.items():
        yield f"{only}update @{name}_{kind} {{ {key} }}"


def chain(name: str, *lines: str) -> str:
    """A chain of an nftables file."""
    return "\n".join([f"chain {name} {{", *lines, "}"])


def table(family: str, *chains: str, places: Iterable[str] = ()) -> str:
    """
    A table of an nftables file, with sets to count in.

    ``places`` are middleboxes that are counted apart, in sets that begin with
    their name.
    """
    names = [*SETS, *(f"{place}_{name}" for place in places for name in SETS)]
    sets = [
        f"set {name}_{kind} {{ typeof {key}; flags dynamic; counter; size 4096; }}"
        for name in names
        for kind, key in KEYS.items()
    ]
    return "\n".join([f"table {family} labkit {{", *sets, *chains, "}", ""])
