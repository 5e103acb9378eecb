"""labkit run and labkit grade: notebooks in, outcomes out."""

from __future__ import annotations

import json
import os
import shutil
import sys
import time
from pathlib import Path

import nbformat
import pytest
from click.testing import CliRunner

from labkit.cli import main

ROOT = Path(__file__).resolve().parents[2]
ROUTES = ROOT / "notebooks" / "06-routes.ipynb"
DONE = {"06-return-route", "06-narrow-route", "06-longest-prefix"}


@pytest.fixture
def call():
    return lambda *words: CliRunner().invoke(main, [str(word) for word in words])


@pytest.fixture(scope="module")
def solved_routes(tmp_path_factory):
    """The folder that a run of lesson 06 with its solutions wrote, and the run's result."""
    out = tmp_path_factory.mktemp("solved")
    words = ["run", str(ROUTES), "--solutions", "--out", str(out)]
    return out, CliRunner().invoke(main, words)


def _text_of(path):
    """Every output of an executed notebook, without what tells when and how it ran."""
    cells = nbformat.read(path, as_version=4).cells
    return [cell.outputs for cell in cells if cell.cell_type == "code"]


def test_with_solutions_every_check_is_done_and_the_report_says_so(solved_routes):
    out, result = solved_routes

    assert 0 == result.exit_code, result.output
    assert "1 ok, 0 failed; exercises: 3 done" in result.output
    assert all(f"✓ done: {exercise}" in (out / "report.html").read_text() for exercise in DONE)


def test_a_kernel_that_starts_warm_prints_what_a_cold_one_prints(solved_routes):
    """The expected outputs were made by kernels that Jupyter started."""
    out, _ = solved_routes

    assert _text_of(ROOT / "tests" / "expected" / ROUTES.name) == _text_of(out / ROUTES.name)


@pytest.mark.skipif(sys.platform != "linux", reason="kernels start warm on Linux only")
def test_kernels_that_start_at_once_compete_for_no_port(call, tmp_path):
    notebook = nbformat.v4.new_notebook()
    notebook.metadata["kernelspec"] = {"name": "python3", "display_name": "Python 3"}
    asking = "import json\nfrom ipykernel.connect import get_connection_info"
    told = "print(json.loads(get_connection_info())['transport'])"
    notebook.cells = [nbformat.v4.new_code_cell(f"{asking}\n{told}")]
    nbformat.write(notebook, tmp_path / "asking.ipynb")
    call("run", tmp_path / "asking.ipynb", "--out", tmp_path / "out")
    [[told]] = _text_of(tmp_path / "out" / "asking.ipynb")
    assert "ipc\n" == told.text


@pytest.fixture
def checkout(tmp_path, monkeypatch):
    """A small copy of the repository, with the current folder in it."""
    for folder in ("notebooks", "tests/lessons/solutions"):
        shutil.copytree(ROOT / folder, tmp_path / folder)
    monkeypatch.chdir(tmp_path)
    return tmp_path


def test_a_check_that_is_not_done_fails_a_run_with_solutions(call, checkout):
    (checkout / "tests/lessons/solutions/06-return-route.py").write_text("____\n")
    result = call("run", "notebooks/06-routes.ipynb", "--solutions")

    assert 1 == result.exit_code
    assert "○ not attempted: 06-return-route" in result.output


def test_solutions_are_asked_for_where_there_are_none(call, checkout):
    shutil.rmtree(checkout / "tests")
    result = call("run", "--solutions")

    assert 1 == result.exit_code
    assert "run this from a clone" in result.output


def test_a_notebook_that_hangs_is_ended_with_its_kernel(call, tmp_path):
    book = nbformat.v4.new_notebook()
    book.metadata["kernelspec"] = {"name": "python3", "display_name": "x", "language": "python"}
    hang = "import os, signal, time\nsignal.signal(signal.SIGINT, signal.SIG_IGN)\n"
    hang += "open('pid', 'w').write(str(os.getpid()))\ntime.sleep(600)"
    book.cells = [nbformat.v4.new_code_cell(hang)]
    nbformat.write(book, tmp_path / "01-hangs.ipynb")
    result = call("run", tmp_path / "01-hangs.ipynb", "--out", tmp_path / "out", "--timeout", 15)

    assert 1 == result.exit_code
    assert "longer than 15 s" in result.output
    assert _is_gone(int((tmp_path / "pid").read_text()))


def _is_gone(pid):
    """Whether a process has ended, within ten seconds."""
    for _ in range(100):
        try:
            os.kill(pid, 0)
        except ProcessLookupError:
            return True
        time.sleep(0.1)
    return False


@pytest.fixture
def class_folder(tmp_path, solved_routes):
    """Two learners: Ada has solved lesson 06, Bob has opened it and run nothing."""
    out, _ = solved_routes
    for learner, notebook in {"ada": out / ROUTES.name, "bob": ROUTES}.items():
        (tmp_path / learner).mkdir()
        shutil.copy(notebook, tmp_path / learner)
    (tmp_path / "bob" / "notes.ipynb").write_text("not a lesson, and not a notebook")
    return tmp_path


def test_grading_tells_of_each_learner_what_is_done_and_what_is_open(call, class_folder):
    ada, bob = call("grade", class_folder).output.splitlines()[1:]

    assert ["ada", "06-routes", "3", "of", "3"] == ada.split()
    assert ["bob", "06-routes", "0", "of", "3"] == bob.split()[:5]
    assert "06-return-route: - not checked" in bob


def test_grading_writes_csv_json_and_html(call, class_folder):
    rows = call("grade", class_folder, "--format", "csv").output.splitlines()
    marks = json.loads(call("grade", class_folder, "--format", "json").output)
    page = class_folder / "marks.html"
    call("grade", class_folder, "--format", "html", "--out", page)

    assert "learner,lesson,exercise,outcome" == rows[0]
    assert "ada,06-routes,06-return-route,done" in rows
    assert {("ada", "done"), ("bob", "not checked")} == {
        (mark["learner"], mark["outcome"]) for mark in marks
    }
    assert 3 == page.read_text().count("<td>✓ done</td>")


def test_an_unreadable_notebook_is_named_and_the_others_are_graded(call, class_folder):
    (class_folder / "bob" / "00-start-here.ipynb").write_text("{")
    result = call("grade", class_folder)

    assert "bob/00-start-here.ipynb cannot be read as a notebook" in result.output
    assert "ada" in result.output


def test_grading_a_folder_without_lessons_says_what_to_put_there(call, tmp_path):
    result = call("grade", tmp_path)

    assert 1 == result.exit_code
    assert "Put notebooks named like 06-routes.ipynb" in result.output
