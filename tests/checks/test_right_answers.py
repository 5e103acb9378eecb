"""Answers that are right in another way than the solution: an exercise says what, and not how."""

from __future__ import annotations

from collections import Counter

import pandas as pd
import pytest

from labkit.checks.exercises.lesson_07 import both_ways
from labkit.checks.exercises.lesson_17 import doors_of_each_source
from labkit.checks.exercises.lesson_18 import conversations
from labkit.checks.outcome import Word


def one_at_a_time(lab):
    once = {"a to b": ("app-a", "app-b"), "b to a": ("app-b", "app-a")}
    return {
        way: sum(lab.ping(*ends, count=1).received for _ in range(2)) for way, ends in once.items()
    }


def test_two_pings_may_be_sent_one_at_a_time(lab):
    assert Word.DONE == both_ways(lab, one_at_a_time).word


def counted_by_pandas(messages):
    table = pd.DataFrame([each.split() for each in messages], columns=range(14))
    return table[table[12] == "REJECT"].drop_duplicates([3, 4, 6]).groupby(3).size()


def counted_by_a_counter(messages):
    records = [each.split() for each in messages]
    return Counter(
        source for source, _, _ in {(r[3], r[4], r[6]) for r in records if r[12] == "REJECT"}
    )


def counted_for_everybody(messages):
    """Zero for whoever was let in everywhere, and for the `-` of rows without traffic."""
    records = [each.split() for each in messages]
    return {
        source: len({(r[4], r[6]) for r in records if r[3] == source and r[12] == "REJECT"})
        for source in {r[3] for r in records}
    }


@pytest.mark.parametrize("doors", [counted_by_pandas, counted_by_a_counter, counted_for_everybody])
def test_doors_may_be_counted_in_any_way(doors, lab):
    assert Word.DONE == doors_of_each_source(lab, doors).word


def pairs(rows, inside="srcaddr", outside="pkt-dstaddr"):
    return set(zip(rows[inside], rows[outside], strict=True))


def by_the_port(at_nat, nat):
    return pairs(at_nat[(at_nat["dstport"] == 80) & (at_nat["dstaddr"] == nat)])


def by_the_missing_path(at_nat, nat):
    return pairs(at_nat[at_nat["traffic-path"].isna() & (at_nat["pkt-dstaddr"] != nat)])


def by_the_answers_path(at_nat, _):
    return pairs(at_nat[at_nat["traffic-path"] == 1], "pkt-dstaddr", "pkt-srcaddr")


def by_the_direction(at_nat, nat):
    coming_in = (at_nat["flow-direction"] == "ingress") & (at_nat["action"] == "ACCEPT")
    return pairs(at_nat[coming_in & (at_nat["pkt-dstaddr"] != nat)])


@pytest.mark.parametrize(
    "found", [by_the_port, by_the_missing_path, by_the_answers_path, by_the_direction]
)
def test_conversations_may_be_found_by_any_field_of_the_records(found, lab):
    assert Word.DONE == conversations(lab, found).word
