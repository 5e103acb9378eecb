"""A diagnosis as a page says what its text says."""

from __future__ import annotations

import re
from html import unescape

import pytest

from labkit import Lab
from labkit.diagnose import diagnose_lab
from labkit.view.diagnosis import page


@pytest.fixture(scope="module")
def found():
    lab = Lab.open(through="flow_logs")
    for fault in ("forward-route-too-narrow", "acl-denies-reply-in", "flow-log-rejects-only"):
        lab.apply_fault(fault)
    return diagnose_lab(lab, "app-a", "app-b")


def test_the_page_is_the_diagnosis_and_prints_as_it(found):
    assert repr(found) == repr(page(found))
    assert found.findings == page(found).findings


def test_the_page_holds_every_cause_proof_and_fix(found):
    text = unescape(re.sub(r"<[^>]+>", " ", page(found)._repr_html_()))

    for each in found.findings:
        assert {True} == {part in text for part in (str(each.cause), each.proof, each.fix.words)}
    for each in found.log_findings:
        assert each.says in text
    assert found.proof in text


def test_the_page_says_by_symbols_what_it_says_by_colours(found):
    html = page(found)._repr_html_()

    assert "✗ 1. " in html
    assert "◌ not known" in html


def test_a_healthy_way_is_told_as_good_news(capsys):
    lab = Lab.open(through="flow_logs")
    capsys.readouterr()
    lab.ping("app-a", "app-b")
    lab.wait_for_logs()

    assert (
        "<strong>✓</strong> ping 10.1.1.10 -&gt; 10.2.1.10"
        in lab.diagnose("app-a", "app-b")._repr_html_()
    )
