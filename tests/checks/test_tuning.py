"""The other morning tells the same story, and nothing by which the first could be recognised."""

from __future__ import annotations

from collections import Counter

from labkit.checks.tuning import MISTYPED, another_morning, recorded

HERE, THERE = recorded(), another_morning(recorded())


def test_trouble_is_there_as_often_and_as_quiet():
    counts = [
        Counter(each.label for each in traffic if each.record.action == "REJECT")
        for traffic in (HERE, THERE)
    ]

    assert [counts[0][name] for name in ("locked out", "scan")] == [33, 120]
    assert [counts[1][name] for name in ("locked out", "scan")] == [33, 120]
    assert counts[1]["never allowed"] == 12 * counts[0]["never allowed"]
    assert counts[1][MISTYPED] == counts[0]["never allowed"]


def test_no_address_interface_or_port_of_trouble_is_known_from_the_first():
    def seen(traffic):
        trouble = [each.record for each in traffic if each.label in {"locked out", "scan"}]
        ports = {each.dstport for each in trouble if each.action == "REJECT"}
        addresses = {each.srcaddr for each in trouble} | {each.dstaddr for each in trouble}
        return ports | addresses | {each.interface_id for each in trouble}

    assert not seen(HERE) & seen(THERE)


def test_every_line_of_it_is_a_record_of_the_default_format():
    assert {len(each.record.to_line().split()) for each in THERE} == {14}
