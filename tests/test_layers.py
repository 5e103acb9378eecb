"""The rooms stay apart, functions and modules stay small, and importing stays cheap."""

from __future__ import annotations

import ast
import subprocess
import sys
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parent.parent
MODULES = sorted((ROOT / "labkit").rglob("*.py"))
# A module that holds a table of the field may be as long as the table is.
TABLES = {"labkit/flowlog/fields.py", "labkit/insights/functions.py"}
JUNK_DRAWERS = {"utils", "util", "helpers", "common", "misc"}
HEAVY = ["boto3", "botocore", "moto", "pandas", "matplotlib", "duckdb"]

each_module = pytest.mark.parametrize(
    "module", MODULES, ids=lambda path: path.relative_to(ROOT).as_posix()
)


def _functions(module: Path) -> list[tuple[str, int]]:
    """Name and number of body lines, without the docstring, of each function in a module."""
    tree = ast.parse(module.read_text())
    found = (each for each in ast.walk(tree) if isinstance(each, ast.FunctionDef))
    return [(f"{module.relative_to(ROOT)}:{each.name}", _body_lines(each)) for each in found]


def _body_lines(function: ast.FunctionDef) -> int:
    body = function.body[1:] if ast.get_docstring(function) else function.body
    return body[-1].end_lineno - body[0].lineno + 1 if body else 0


def test_the_import_contracts_hold():
    program = Path(sys.executable).with_name("lint-imports")
    run = subprocess.run(
        [program, "--no-cache"], cwd=ROOT, capture_output=True, text=True, check=False
    )
    assert run.returncode == 0, run.stdout + run.stderr


def test_three_functions_of_four_fit_in_fifteen_lines():
    lengths = [lines for module in MODULES for _, lines in _functions(module)]
    short = [lines for lines in lengths if lines <= 15]
    assert len(short) >= 0.75 * len(lengths)


@each_module
def test_no_function_is_longer_than_forty_lines(module):
    assert [] == [(name, lines) for name, lines in _functions(module) if lines > 40]


@each_module
def test_a_module_has_at_most_four_hundred_lines_unless_it_is_a_table(module):
    lines = len(module.read_text().splitlines())
    assert lines <= 400 or module.relative_to(ROOT).as_posix() in TABLES


@each_module
def test_no_module_is_a_junk_drawer(module):
    assert JUNK_DRAWERS.isdisjoint(module.relative_to(ROOT).with_suffix("").parts)


def _constants_then_classes(name: str) -> tuple[bool, bool, str]:
    """The order in which ruff sorts ``__all__``: CONSTANTS, Classes, functions."""
    return not name.isupper(), not name[0].isupper(), name


@each_module
def test_exported_names_are_sorted(module):
    for node in ast.parse(module.read_text()).body:
        if isinstance(node, ast.Assign) and ast.unparse(node.targets[0]) == "__all__":
            names = ast.literal_eval(node.value)
            assert sorted(names, key=_constants_then_classes) == list(names)


@pytest.mark.parametrize(
    "module", ["labkit", "labkit.network.walk", "labkit.flowlog", "labkit.errors"]
)
def test_importing_loads_nothing_heavy(module):
    program = f"import sys, {module}\nprint(*(name for name in {HEAVY} if name in sys.modules))"
    run = subprocess.run(
        [sys.executable, "-c", program], capture_output=True, text=True, check=True
    )
    assert run.stdout.split() == []
