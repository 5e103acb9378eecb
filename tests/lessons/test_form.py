"""The form of every lesson: skeleton, sizes, names, and nothing stored that should not be."""

from __future__ import annotations

import re
import statistics
from pathlib import Path

import nbformat
import pytest

NOTEBOOKS = sorted((Path(__file__).resolve().parents[2] / "notebooks").glob("*.ipynb"))
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
def cells(path):
    return nbformat.read(path, as_version=4).cells


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


def test_it_is_stored_without_outputs_or_widget_state(path, cells):
    stored = [cell for cell in _code(cells) if cell.outputs or cell.execution_count]

    assert not stored
    assert "widgets" not in nbformat.read(path, as_version=4).metadata


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

    assert parameters.source == 'cloud = "embedded"'
