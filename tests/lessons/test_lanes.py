"""
Three lanes for every lesson: nobody has touched it, everybody got it wrong, all is solved.

One lesson: ``make lesson L=06``. A wrong answer states in its first lines what
its check has to say to it::

    # outcome: almost
    # says: would be cut off
"""

from __future__ import annotations

import re
from pathlib import Path

import pytest

from labkit.checks.sheet import exercises
from labkit.cli.outcomes import outcomes_of
from labkit.cli.solved import solved

HERE = Path(__file__).resolve().parent
ROOT = HERE.parents[1]
NOTEBOOKS = sorted((ROOT / "notebooks").glob("*.ipynb"))
WRONG = sorted((HERE / "wrong").glob("*/*.py"))

each_lesson = pytest.mark.parametrize("path", NOTEBOOKS, ids=lambda path: path.stem)


def _expected(answer):
    """What a wrong answer says its check will say."""
    pairs = re.findall(r"^# (outcome|says|raises): (.+)$", answer.read_text(), re.MULTILINE)
    return dict(pairs)


def _wrong_answers(exercise):
    return [answer for answer in WRONG if answer.parent.name == exercise]


@each_lesson
def test_untouched_it_runs_to_its_end_and_every_check_says_not_attempted(
    path, untouched, read, exercises_in
):
    out, ran = untouched
    assert (out / path.name).is_file(), ran.stdout + ran.stderr
    executed = read(out / path.name)
    outcomes = {each.exercise: each.outcome for each in outcomes_of(executed)}

    assert dict.fromkeys(exercises_in(path), "not attempted") == outcomes
    assert not [cell for cell in executed.cells if "error" in _kinds_of_output(cell)], ran.stdout


def _kinds_of_output(cell):
    return {output.output_type for output in cell.get("outputs", ())}


@each_lesson
def test_solved_every_check_says_done(path, read, exercises_in):
    expected = read(ROOT / "tests" / "expected" / path.name)
    outcomes = {each.exercise: each.outcome for each in outcomes_of(expected)}

    assert dict.fromkeys(exercises_in(path), "done") == outcomes


@each_lesson
def test_the_expected_outputs_are_those_of_this_notebook_solved(path, read):
    """Whether they still come out so, nbval finds out: it runs them again."""
    expected = read(ROOT / "tests" / "expected" / path.name)
    now = solved(path, HERE / "solutions")

    assert [cell.source for cell in now.cells] == [cell.source for cell in expected.cells]


@each_lesson
def test_every_wrong_answer_gets_the_reply_it_needs(path, replies, exercises_in):
    for answer in (answer for each in exercises_in(path) for answer in _wrong_answers(each)):
        told, expected = replies[answer.parent.name, answer.stem], _expected(answer)
        case = f"{answer.parent.name}/{answer.name}: {told}"
        assert expected["outcome"] == told["outcome"], case
        assert expected["says"] in told["message"], case
        assert expected.get("raises", "") in told.get("raised", ""), case
        assert "raises" in expected or "raised" not in told, case


@each_lesson
def test_each_exercise_has_a_reply_of_its_own_for_two_misconceptions_or_more(
    path, replies, exercises_in
):
    for exercise in exercises_in(path):
        told = {replies[exercise, answer.stem]["message"] for answer in _wrong_answers(exercise)}
        assert len(told) >= 2, exercise


def test_every_answer_belongs_to_an_exercise():
    solutions = {path.stem for path in (HERE / "solutions").glob("*.py")}

    assert set(exercises()) == solutions
    assert {answer.parent.name for answer in WRONG} <= set(exercises())


def test_every_exercise_is_in_the_notebook_of_its_lesson(exercises_in):
    in_notebooks = [(path.stem[:2], each) for path in NOTEBOOKS for each in exercises_in(path)]

    assert sorted((each[:2], each) for each in exercises()) == sorted(in_notebooks)
