"""
Three lanes for every lesson: nobody has touched it, everybody got it wrong, all is solved.

One lesson: ``make lesson L=06``. A wrong answer states in its first lines what
its check has to say to it::

    # outcome: almost
    # says: would be cut off
"""

from __future__ import annotations

import json
import re
import subprocess
import sys
from pathlib import Path

import nbformat
import papermill
import pytest

from labkit.checks.sheet import exercises
from labkit.cli.outcomes import outcomes_of
from labkit.cli.solved import solved

HERE = Path(__file__).resolve().parent
ROOT = HERE.parents[1]
NOTEBOOKS = sorted((ROOT / "notebooks").glob("*.ipynb"))
WRONG = sorted((HERE / "wrong").glob("*/*.py"))

each_lesson = pytest.mark.parametrize("path", NOTEBOOKS, ids=lambda path: path.stem)


def _exercises(path):
    """The ids of the exercises in a notebook, in order."""
    cells = nbformat.read(path, as_version=4).cells
    return [cell.metadata["exercise"] for cell in cells if "exercise" in cell.metadata]


def _expected(answer):
    """What a wrong answer says its check will say."""
    pairs = re.findall(r"^# (outcome|says|raises): (.+)$", answer.read_text(), re.MULTILINE)
    return dict(pairs)


@each_lesson
def test_untouched_it_runs_to_its_end_and_every_check_says_not_attempted(path):
    executed = papermill.execute_notebook(
        str(path), None, cwd=str(path.parent), execution_timeout=300, progress_bar=False
    )
    outcomes = {each.exercise: each.outcome for each in outcomes_of(executed)}

    assert dict.fromkeys(_exercises(path), "not attempted") == outcomes


@each_lesson
def test_solved_every_check_says_done(path):
    expected = nbformat.read(ROOT / "tests" / "expected" / path.name, as_version=4)
    outcomes = {each.exercise: each.outcome for each in outcomes_of(expected)}

    assert dict.fromkeys(_exercises(path), "done") == outcomes


@each_lesson
def test_the_expected_outputs_are_those_of_this_notebook_solved(path):
    """Whether they still come out so, nbval finds out: it runs them again."""
    expected = nbformat.read(ROOT / "tests" / "expected" / path.name, as_version=4)
    now = solved(path, HERE / "solutions")

    assert [cell.source for cell in now.cells] == [cell.source for cell in expected.cells]


@each_lesson
def test_every_wrong_answer_gets_the_reply_it_needs(path):
    answers = [answer for answer in WRONG if answer.parent.name in _exercises(path)]
    ran = subprocess.run(
        [sys.executable, HERE / "wrong_lane.py", path], capture_output=True, text=True, check=False
    )
    assert ran.returncode == 0, ran.stderr[-3000:]
    said = {(each["exercise"], each["answer"]): each for each in json.loads(ran.stdout)}

    for answer in answers:
        told, expected = said[answer.parent.name, answer.stem], _expected(answer)
        assert expected["outcome"] == told["outcome"], f"{answer.name}: {told}"
        assert expected["says"] in told["message"], f"{answer.name}: {told}"
        assert expected.get("raises", "") in told.get("raised", ""), f"{answer.name}: {told}"
        assert "raises" in expected or "raised" not in told, f"{answer.name}: {told}"


@each_lesson
def test_each_exercise_has_wrong_answers_that_get_different_replies(path):
    for exercise in _exercises(path):
        replies = {_expected(answer)["says"] for answer in WRONG if answer.parent.name == exercise}
        assert len(replies) >= 2, exercise


def test_every_answer_belongs_to_an_exercise():
    solutions = {path.stem for path in (HERE / "solutions").glob("*.py")}

    assert set(exercises()) == solutions
    assert {answer.parent.name for answer in WRONG} <= set(exercises())


def test_every_exercise_is_in_the_notebook_of_its_lesson():
    in_notebooks = [(path.stem[:2], each) for path in NOTEBOOKS for each in _exercises(path)]

    assert sorted((each[:2], each) for each in exercises()) == sorted(in_notebooks)
