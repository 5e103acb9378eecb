"""Random log events: flow records, JSON with values of every kind, and lines of text."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from random import Random

T0_S = 1_700_000_000
ADDRESSES = ["10.0.0.1", "10.0.0.2", "10.0.0.10", "9.9.9.9", "2001:db8::1", "172.16.5.4"]
WORDS = [
    "a1", "a10", "a2", "a01", "", "5", "REJECT", "é", "Éa", " x ", "10.0.0.2", "-", "%41", "YQ==",
]  # fmt: skip
PLAIN = ["plain text", "", "two\nlines 1", "2 x", "{broken", "a,b c,-"]

NAMES = [
    "srcAddr", "dstAddr", "dstPort", "bytes", "packets", "action", "logStatus", "interfaceId",
    "n", "s", "flag", "list.0", "map.k", "@@at", "srcaddr", "end", "@message",
]  # fmt: skip
"""Fields worth asking for; one of them no event has."""


def some_events(chance: Random, most: int = 16) -> list[tuple[int, str]]:
    """Events with their times [ms], in the order they arrive."""
    moments = [chance.choice([0, 60_000, chance.randint(0, 400_000)]) for _ in range(most)]
    return [(T0_S * 1000 + ms, a_line(chance)) for ms in moments[: chance.randint(0, most)]]


def a_line(chance: Random) -> str:
    match chance.randrange(6):
        case 0 | 1 | 2:
            return a_record(chance)
        case 3 | 4:
            return json.dumps(a_document(chance), ensure_ascii=False)
        case _:
            pairs = f"level={chance.choice(['info', 'warn'])} ms={chance.randint(0, 20)} done"
            return chance.choice([pairs, *PLAIN])


def a_record(chance: Random) -> str:
    begin = f"2 123456789012 eni-{chance.choice('12')}"
    if chance.random() < 0.15:
        return f"{begin} - - - - - - - {T0_S} {T0_S + 60} - NODATA"
    port = chance.choice([22, 80, 5, 443])
    size = chance.choice([0, 5, 60, 60, 1000, 123456, 9007199254740993])
    words = (
        chance.choice(ADDRESSES), chance.choice(ADDRESSES), port, port, chance.choice([6, 17]),
        chance.randint(0, 9), size, T0_S, T0_S + chance.randint(0, 60),
        chance.choice(["ACCEPT", "REJECT"]),
    )  # fmt: skip
    return f"{begin} {' '.join(map(str, words))} OK"


def a_document(chance: Random) -> dict[str, Any]:
    options = {
        "n": [chance.randint(-5, 100), 2.5, -0.25, 2**60, "7", "x", "07", None],
        "s": WORDS,
        "flag": [True, False],
        "bytes": [5, "60", "none", 0.1],
        "list": [[], [3], [1, "a"]],
        "map": [{}, {"k": 1}, {"k": "1"}, {"k": "b"}, {"k": None}],
        "@at": [0, 1],
    }
    return {name: chance.choice(some) for name, some in options.items() if chance.random() < 0.6}
