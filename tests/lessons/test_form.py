"""The form of every lesson: skeleton, sizes, names, and nothing stored that should not be."""

from __future__ import annotations

import ast
import re
import statistics
from pathlib import Path

import pytest

from labkit.checks.lessons import plans
from labkit.checks.sheet import exercise, exercises, questions

ROOT = Path(__file__).resolve().parents[2]
NOTEBOOKS = sorted((ROOT / "notebooks").glob("*.ipynb"))
SKELETON = [
    "Goal",
    "You will be able to",
    "Before you start",
    "Predict",
    "Run",
    "Investigate",
    "Fix",
    "Check",
    "Recap",
    "Next",
]
DISMISSIVE = re.compile(r"\b(just|simply|obviously|of course)\b", re.IGNORECASE)


@pytest.fixture(params=NOTEBOOKS, ids=lambda path: path.stem)
def path(request):
    return request.param


@pytest.fixture
def cells(path, read):
    return read(path).cells


@pytest.fixture
def plan(path):
    return plans()[path.stem]


def _code(cells):
    return [cell for cell in cells if cell.cell_type == "code"]


def _prose(cells):
    return [cell for cell in cells if cell.cell_type == "markdown"]


def _headings(cells, level):
    pattern = rf"^{'#' * level} (.+)$"
    return [
        found for cell in _prose(cells) for found in re.findall(pattern, cell.source, re.MULTILINE)
    ]


def test_there_is_a_lesson_to_look_at():
    assert NOTEBOOKS[0].name == "00-start-here.ipynb"


def test_its_name_sorts_and_needs_no_quoting(path):
    assert re.fullmatch(r"\d\d(-[a-z0-9]+)+", path.stem)


def test_it_is_stored_without_outputs_or_widget_state(path, cells, read):
    stored = [cell for cell in _code(cells) if cell.outputs or cell.execution_count]

    assert not stored
    assert {"kernelspec", "language_info"} == set(read(path).metadata)


def test_it_follows_the_skeleton(cells):
    parts = [heading.split(":")[0] for heading in _headings(cells, 2)]

    assert list(dict.fromkeys(parts)) == SKELETON


def test_it_has_one_title(cells):
    assert len(_headings(cells, 1)) == 1
    assert cells[0].source.startswith("# ")


def test_its_cells_are_few_and_small(cells):
    sizes = [len(cell.source.splitlines()) for cell in _code(cells)]

    assert 10 <= len(sizes) <= 25
    assert statistics.median(sizes) <= 4
    assert max(sizes) <= 15


def test_it_has_at_least_as_much_prose_as_code(cells):
    assert len(_prose(cells)) >= len(_code(cells))


def test_no_cell_is_empty(cells):
    assert all(cell.source.strip() for cell in cells)


def test_it_belittles_nothing(cells):
    assert not [cell.source for cell in _prose(cells) if DISMISSIVE.search(cell.source)]


def test_every_image_says_what_it_shows(cells):
    alts = [alt for cell in _prose(cells) for alt in re.findall(r"!\[(.*?)\]", cell.source)]

    assert all(len(alt.split()) >= 3 for alt in alts)


def test_papermill_can_set_its_parameters_as_literals(cells):
    [parameters] = [cell for cell in _code(cells) if "parameters" in cell.metadata.get("tags", [])]

    first, *others = parameters.source.splitlines()
    assert first == 'cloud = "embedded"'
    assert all(ast.literal_eval(line.partition(" = ")[2]) is not None for line in others)


def test_it_begins_the_lesson_it_is(path, cells, plan):
    """Title and edition as planned, and opened as far as the plan says."""
    code = "\n".join(cell.source for cell in _code(cells))

    assert cells[0].source.startswith(f"# {plan.title}\n")
    assert f'lesson("{path.stem}", edition={plan.edition})' in code
    assert (f'Lab.open(through="{plan.through}"' in code) is bool(plan.through)


def test_its_head_is_made_from_the_plan(cells):
    generated = [cell.metadata.generated for cell in cells if "generated" in cell.metadata]

    assert ["objectives", "before"] == generated


def test_every_objective_starts_with_a_verb_and_has_an_exercise(path, plan):
    assert len(plan.objectives) >= 2
    for objective in plan.objectives:
        assert re.match(r"\*\*[a-z]+( [a-z]+)?\*\* ", objective.text), objective.text
        assert exercise(objective.exercise).id[:2] == path.stem[:2]


def test_it_has_at_least_two_exercises_and_every_one_serves_an_objective(plan, path):
    own = [each for each in exercises() if each[:2] == path.stem[:2]]

    assert len(own) >= 2
    assert set(own) == {objective.exercise for objective in plan.objectives}


def test_every_prediction_comes_before_what_reveals_it(path, cells):
    code = "\n".join(cell.source for cell in _code(cells))
    asked = re.findall(r'(predict|reveal)\("([^"]+)"', code)
    own = {each for each in questions() if each[:2] == path.stem[:2]}

    assert own == {id_ for _, id_ in asked}
    for id_ in own:
        calls = [call for call, of in asked if of == id_]
        assert ["predict", "reveal"] == calls, id_


def test_every_link_to_another_lesson_leads_somewhere(cells):
    targets = [
        target for cell in _prose(cells) for target in re.findall(r"\]\(([^)#:]+)\)", cell.source)
    ]

    assert not [target for target in targets if target.removesuffix(".ipynb") not in plans()]


def test_an_expected_failure_is_caught_and_never_tagged(cells):
    tags = [tag for cell in cells for tag in cell.metadata.get("tags", [])]

    assert {"parameters", "exercise"} >= set(tags)


def test_there_is_a_notebook_for_every_planned_lesson_and_no_other():
    assert list(plans()) == [path.stem for path in NOTEBOOKS]


def test_there_are_thirty_exercises_or_more():
    assert len(exercises()) >= 30
