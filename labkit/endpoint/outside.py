"""
The internet as the lab knows it: a few hosts with names, and nobody else.

They have addresses of the ranges that are kept for documentation, and names
below ``.example``, so nothing here is anybody's.  Two kinds bear real names,
because scripts ask for them by these: the regional endpoints of S3 and DynamoDB,
at addresses of their prefix lists, and AWS's page that tells a caller its address.

Sources: RFC 5737 and RFC 3849 (addresses), RFC 2606 (names).
"""

from __future__ import annotations

from dataclasses import dataclass, field
from ipaddress import ip_address
from typing import TYPE_CHECKING, Final

from labkit.network.packet import Protocol
from labkit.network.topology import Host
from labkit.network.ways_out import OutsideHost

if TYPE_CHECKING:
    from labkit.network.packet import Address

_TCP, _UDP, _ICMP = int(Protocol.TCP), int(Protocol.UDP), int(Protocol.ICMP)

CALLER: Final = "{caller}"
"""Stands in a page for the address it is asked from, as the site sees it."""


@dataclass(frozen=True, slots=True)
class Site:
    """
    One named host on the internet.

    Args:
        name: Its DNS name; ``{region}`` in it stands for the Region of whoever asks.
        addresses: As text, IPv4 first.
        tcp: TCP ports it listens on.
        udp: UDP ports it listens on.
        silent: Whether a firewall of its own drops everything that comes in.
        service: The AWS service it is, in the words of flow logs.
        page: What it says to HTTP.
        status: The status it says that with.
    """

    name: str
    addresses: tuple[str, ...]
    tcp: frozenset[int] = frozenset()
    udp: frozenset[int] = frozenset()
    silent: bool = False
    service: str = ""
    page: str = ""
    status: str = "200 OK"
    host: Host = field(init=False)

    def __post_init__(self) -> None:
        ports = {(_TCP, port) for port in self.tcp} | {(_UDP, port) for port in self.udp}
        protocols = (_TCP, _UDP, _ICMP, int(Protocol.ICMPV6))
        drops = frozenset((each, None) for each in protocols) if self.silent else frozenset()
        object.__setattr__(self, "host", Host(listening=frozenset(ports), drops=drops))

    @property
    def speaks_http(self) -> bool:
        """Whether it has something to say on the port of the web."""
        return 80 in self.tcp


_WEB: Final = frozenset({80, 443})
_WELCOME: Final = "<!doctype html>\n<title>{0}</title>\n<p>This is {0}.</p>\n"

SITES: Final = (
    Site(
        "www.example",
        ("198.51.100.80", "2001:db8:80::80"),
        _WEB,
        page=_WELCOME.format("www.example"),
    ),
    Site("updates.example", ("198.51.100.10",), _WEB, page=_WELCOME.format("updates.example")),
    Site("mail.example", ("198.51.100.25",), frozenset({25, 587})),
    Site("time.example", ("198.51.100.123",), udp=frozenset({123})),
    Site("silent.example", ("198.51.100.99",), silent=True),
    Site("office.example", ("203.0.113.12",), frozenset({22})),
    Site("checkip.amazonaws.com", ("203.0.113.5",), _WEB, page=f"{CALLER}\n"),
    Site(
        "s3.{region}.amazonaws.com",
        ("52.216.8.5",),
        _WEB,
        service="S3",
        status="307 Temporary Redirect",
    ),
    Site(
        "dynamodb.{region}.amazonaws.com",
        ("52.94.0.10",),
        _WEB,
        service="DYNAMODB",
        page="healthy: dynamodb.{region}.amazonaws.com \n",
    ),
)

SCANNERS: Final = tuple(
    Site(f"scanner-{number}.example", (f"203.0.113.{last}",), silent=True)
    for number, last in enumerate((66, 77, 88), start=1)
)
"""Hosts that knock at other people's doors, where the setting of that name lets them."""


def outside_hosts(region: str) -> dict[Address, OutsideHost]:
    """Every known host on the internet by its address, as a walk takes them."""
    return {
        ip_address(text): OutsideHost(
            ip_address(text), name_in(site, region), site.host, site.service
        )
        for site in (*SITES, *SCANNERS)
        for text in site.addresses
    }


def name_in(site: Site, region: str) -> str:
    """The name of a site for somebody in *region*."""
    return site.name.replace("{region}", region)


def site_named(name: str, region: str) -> Site | None:
    """The site of that name, or None; names are lower case without the last dot."""
    return next((each for each in (*SITES, *SCANNERS) if name_in(each, region) == name), None)


def site_at(address: Address) -> Site | None:
    """The site that has an address, or None."""
    found = (each for each in (*SITES, *SCANNERS) if str(address) in each.addresses)
    return next(found, None)


def page_for(site: Site, region: str, caller: Address) -> str:
    """What a site says to a caller at that address."""
    return site.page.replace("{region}", region).replace(CALLER, str(caller))
