"""Exercise cells fit their solutions, and no solution lies where a learner would find it."""

from __future__ import annotations

import re
from pathlib import Path

import pytest

from labkit.checks.sheet import exercise, exercises

HERE = Path(__file__).resolve().parent
ROOT = HERE.parents[1]
NOTEBOOKS = sorted((ROOT / "notebooks").glob("*.ipynb"))
LEARNERS = [*NOTEBOOKS, *sorted((ROOT / "data").rglob("*.yaml")), *(ROOT / "docs").rglob("*.md")]

each_lesson = pytest.mark.parametrize("path", NOTEBOOKS, ids=lambda path: path.stem)
each_exercise = pytest.mark.parametrize("id_", exercises())


def _solution(id_):
    return (HERE / "solutions" / f"{id_}.py").read_text()


def _lines(text):
    """What is said, line by line, without indentation and empty lines."""
    return [line.strip() for line in text.splitlines() if line.strip()]


def _code(text):
    return [line for line in _lines(text) if not line.startswith("#")]


def _filled_in(stub, solution):
    """Whether a line of an exercise cell is in the solution, with its blanks filled in or not."""
    pieces = ("".join(piece.split()) for piece in stub.split("____"))
    return re.search(".+?".join(map(re.escape, pieces)), "".join(solution.split())) is not None


def _text(path, read):
    if path in NOTEBOOKS:
        return "\n".join(cell.source for cell in read(path).cells)
    return path.read_text()


@each_lesson
def test_a_solution_keeps_the_lines_of_its_exercise_and_fills_in_the_blanks(path, read):
    for cell in read(path).cells:
        if "exercise" in cell.metadata:
            solution = _solution(cell.metadata["exercise"])
            kept = [line for line in _lines(cell.source) if line != "____"]
            assert not [line for line in kept if not _filled_in(line, solution)], cell.source


@each_lesson
def test_an_exercise_has_a_blank_and_a_check_in_a_later_cell(path, read):
    cells = [cell for cell in read(path).cells if cell.cell_type == "code"]
    for place, cell in enumerate(cells):
        if "exercise" in cell.metadata:
            call = f'check("{cell.metadata["exercise"]}", lab'
            checks = [later for later in cells if call in later.source]
            assert "____" in cell.source
            assert len(checks) == 1, call
            assert cells.index(checks[0]) > place
            assert _lines(checks[0].source)[-1].startswith(call), "its last line shows its answer"


@each_exercise
def test_no_learner_file_gives_a_solution_away(id_, read):
    """Single lines may be given, as a pattern to follow, and later lessons may build on it."""
    needed = [line for line in _code(_solution(id_)) if len(line) > 3]
    until_then = [path for path in LEARNERS if path not in NOTEBOOKS or path.name[:2] <= id_[:2]]
    for path in until_then:
        given = [line for line in needed if line in _lines(_text(path, read))]
        assert given != needed, f"{path.name} gives away {id_}"


@each_exercise
def test_the_hints_nudge_before_they_tell(id_):
    texts = exercise(id_)
    whole = " ".join(_code(_solution(id_)))

    assert all(len(hint.split()) >= 5 for hint in texts.hints)
    assert len(set(texts.hints)) == 3
    assert not [hint for hint in texts.hints if whole in hint], "a hint is not the solution"
    assert len(texts.explanation.split()) >= 15
