from __future__ import annotations

from typing import TYPE_CHECKING

import pandas as pd
import pytest

from labkit.insights.engine import check
from labkit.view.console import EXAMPLES, Answer, Session

if TYPE_CHECKING:
    from collections.abc import Callable

COUNTS = pd.DataFrame({"srcAddr": ["10.1.1.10", "10.2.1.10"], "n": [3, 1]})


def session(ask: Callable[[str], pd.DataFrame] = lambda _query: COUNTS) -> Session:
    return Session(ask, lambda: ["srcAddr", "action"])


@pytest.mark.parametrize("query", EXAMPLES.values(), ids=EXAMPLES)
def test_every_example_is_a_right_query(query: str) -> None:
    check(query)


def test_an_answer_is_table_chart_and_sentence() -> None:
    answer = session().run("stats count(*) as n by srcAddr")
    assert answer.sentence == "2 rows. 10.1.1.10 has most: 3 of 4 n (75 %); 1 other follows."
    assert repr(answer).splitlines()[-1] == answer.sentence
    page = answer._repr_html_()
    assert "<table" in page
    assert "<img" in page


def test_a_refusal_is_an_answer_with_caret_and_advice() -> None:
    def ask(query: str) -> pd.DataFrame:
        check(query)
        return COUNTS

    answer = session(ask).run("stats count(*) | srot n")
    assert answer.frame is None
    assert "^^^^" in answer.error
    assert "Did you mean sort?" in answer.error
    assert answer.error.splitlines()[0] in answer._repr_html_()
    assert 'role="alert"' in answer._repr_html_()


def test_what_the_cloud_refuses_is_an_answer_and_a_bug_is_not() -> None:
    def ask(query: str) -> pd.DataFrame:
        raise KeyError(query)

    assert Session(ask, refusals=(KeyError,)).run("limit 5").error == "'limit 5'"
    with pytest.raises(KeyError):
        session(ask).run("limit 5")


def test_queries_are_remembered_in_order_and_not_twice_in_a_row() -> None:
    console = session()
    for query in ("limit 1", " limit 1 ", "limit 2", "limit 1", ""):
        console.run(query)
    assert console.history == ["limit 1", "limit 2", "limit 1"]


def test_no_query_and_no_rows_say_so() -> None:
    assert "There is no query yet" in session().run("  ").error
    assert repr(session(lambda _query: pd.DataFrame()).run("limit 1")) == "No row."


def test_bars_are_as_wide_as_the_windows_of_the_query() -> None:
    minutes = pd.to_datetime(["2026-01-05 12:00", "2026-01-05 12:30"], utc=True)
    frame = pd.DataFrame({"t": minutes, "n": [1, 2]})
    answer = session(lambda _query: frame).run("stats count(*) as n by bin(5m) as t")
    assert answer.chart is not None
    patches = answer.chart.figure.axes[0].patches
    widths = {round(bar.get_width() * 86400 / 60, 1) for bar in patches}  # type: ignore[attr-defined]  # bars are rectangles
    assert widths == {4.3}


def test_long_answers_are_cut_and_say_so() -> None:
    frame = pd.DataFrame({"n": range(60)})
    answer = Answer("fields n", frame)
    assert len(answer.grid.lines) == 50
    assert answer.grid.caption == "The first 50 rows"


def test_fields_of_the_log_group_are_offered() -> None:
    completion = session().complete("filter ac", 9)
    assert [each.text for each in completion.suggestions] == ["action"]
