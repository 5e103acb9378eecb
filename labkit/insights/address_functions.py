"""SQL that reads IP addresses written as text."""

from __future__ import annotations

from ipaddress import IPv4Network, IPv6Network
from typing import TYPE_CHECKING, Final

from sqlglot import exp

from labkit.insights import sql

if TYPE_CHECKING:
    from collections.abc import Iterable

    from labkit.insights.frame import Frame

Network = IPv4Network | IPv6Network

_OCTET: Final = r"(25[0-5]|2[0-4][0-9]|1[0-9][0-9]|[1-9]?[0-9])"
V4_PATTERN: Final = rf"{_OCTET}(\.{_OCTET}){{3}}"

_H: Final = "[0-9A-Fa-f]{1,4}"
V6_PATTERN: Final = "|".join(
    [
        f"({_H}:){{7}}{_H}",
        f"({_H}:){{1,7}}:",
        *(f"({_H}:){{1,{7 - n}}}(:{_H}){{1,{n}}}" for n in range(1, 7)),
        f":((:{_H}){{1,7}}|:)",
        f"({_H}:){{6}}{V4_PATTERN}",
        f"::({_H}:){{0,5}}{V4_PATTERN}",
        *(f"({_H}:){{1,{5 - n}}}(:{_H}){{1,{n}}}:{V4_PATTERN}" for n in range(1, 5)),
        f"({_H}:){{1,5}}:{V4_PATTERN}",
    ]
)

PRIVATE: Final = tuple(map(IPv4Network, ("10.0.0.0/8", "172.16.0.0/12", "192.168.0.0/16")))
"""Source: RFC 1918."""

RESERVED: Final = tuple(
    map(
        IPv4Network,
        (
            "0.0.0.0/8", "100.64.0.0/10", "127.0.0.0/8", "169.254.0.0/16", "192.0.0.0/24",
            "192.0.2.0/24", "198.18.0.0/15", "198.51.100.0/24", "203.0.113.0/24",
            "224.0.0.0/4", "240.0.0.0/4",
        ),
    )
)  # fmt: skip
"""Source: IANA IPv4 Special-Purpose Address Registry, without RFC 1918's blocks."""


def is_v4(address: exp.Expr) -> exp.Expr:
    return sql.first_of(sql.matches_whole(address, V4_PATTERN), exp.false())


def is_v6(address: exp.Expr) -> exp.Expr:
    return sql.first_of(sql.matches_whole(address, V6_PATTERN), exp.false())


def v4_number(frame: Frame, address: exp.Expr) -> exp.Expr:
    """The 32 bits of an IPv4 address as a whole number; null if it is none."""
    read = frame.once(address)
    octets = [
        sql.cast(sql.raw("split_part", read, sql.string("."), sql.integer(n)), "BIGINT")
        for n in range(1, 5)
    ]
    bits = octets[0]
    for octet in octets[1:]:
        bits = sql.binary(exp.Add, sql.binary(exp.Mul, bits, sql.integer(256)), octet)
    return sql.case((sql.matches_whole(read, V4_PATTERN), bits))


def inside(frame: Frame, address: exp.Expr, network: Network) -> exp.Expr:
    """Whether an address lies in a block; false for what is no address of its family."""
    if isinstance(network, IPv4Network):
        return inside_any(frame, address, [network])
    first, last = (f"{int(end):032x}" for end in (network[0], network[-1]))
    between = exp.Between(
        this=v6_digits(frame, address), low=sql.string(first), high=sql.string(last)
    )
    return sql.first_of(between, exp.false())


def inside_any(frame: Frame, address: exp.Expr, networks: Iterable[IPv4Network]) -> exp.Expr:
    """Whether an IPv4 address lies in one of several blocks."""
    number = frame.once(v4_number(frame, address))
    blocks = [
        exp.Between(this=number, low=sql.integer(int(n[0])), high=sql.integer(int(n[-1])))
        for n in networks
    ]
    return sql.first_of(exp.paren(sql.either(*blocks)), exp.false())


def v6_digits(frame: Frame, address: exp.Expr) -> exp.Expr:
    """The 128 bits of an IPv6 address as 32 lower-case hexadecimal digits; null if it is none."""
    read = frame.once(address)
    plain = frame.once(
        sql.case((sql.matches(read, r"\."), _without_dots(frame, read)), default=read)
    )
    left, right = (frame.once(_digits(plain, side)) for side in (1, 2))
    written = sql.binary(exp.Add, sql.raw("length", left), sql.raw("length", right))
    missing = sql.binary(exp.Sub, sql.integer(32), written)
    length = sql.raw("greatest", missing, sql.integer(0))
    zeros = sql.raw("substring", sql.string("0" * 32), sql.integer(1), length)
    digits = sql.raw("concat", left, zeros, right)
    return sql.case((sql.matches_whole(read, V6_PATTERN), sql.raw("lower", digits)))


def _digits(plain: exp.Expr, side: int) -> exp.Expr:
    """The groups on one side of ``::``, four digits each, without what divides them."""
    groups = sql.raw("split_part", plain, sql.string("::"), sql.integer(side))
    for short in (1, 2, 3):
        group, padded = rf"\b([0-9A-Fa-f]{{{short}}})\b", "0" * (4 - short) + r"\1"
        groups = sql.raw(
            "regexp_replace", groups, sql.string(group), sql.string(padded), sql.string("g")
        )
    return sql.raw("replace", groups, sql.string(":"), sql.string(""))


def _without_dots(frame: Frame, address: exp.Expr) -> exp.Expr:
    """An address that ends in IPv4 notation, with that end as two hexadecimal groups."""
    dotted = r"[0-9]+(\.[0-9]+){3}$"
    number = frame.once(v4_number(frame, sql.raw("regexp_extract", address, sql.string(dotted))))
    head = sql.raw("regexp_replace", address, sql.string(dotted), sql.string(""))
    high = exp.IntDiv(this=number, expression=sql.integer(65536))
    low = sql.binary(exp.Mod, number, sql.integer(65536))
    colon = sql.string(":")
    return sql.raw("concat", head, sql.raw("to_hex", high), colon, sql.raw("to_hex", low))


def is_any(frame: Frame, address: exp.Expr) -> exp.Expr:
    read = frame.once(address)
    return sql.either(is_v4(read), is_v6(read))


def is_public(frame: Frame, address: exp.Expr) -> exp.Expr:
    """Whether it is an IPv4 address outside the private and the reserved blocks."""
    read = frame.once(address)
    special = inside_any(frame, read, (*PRIVATE, *RESERVED))
    return sql.both(is_v4(read), sql.negated(special))
