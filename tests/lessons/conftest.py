"""What the tests of lessons share: which lessons there are, and the two lanes that run them."""

from __future__ import annotations

import json
import subprocess
import sys
from functools import cache
from pathlib import Path

import nbformat
import pytest

HERE = Path(__file__).resolve().parent
ROOT = HERE.parents[1]


def _notebooks(items):
    """The notebooks that the collected tests ask for, so that one lesson can be run alone."""
    named = {item.callspec.params.get("path") for item in items if hasattr(item, "callspec")}
    return [path for path in sorted((ROOT / "notebooks").glob("*.ipynb")) if path in named]


@pytest.fixture(scope="session")
def untouched(request, tmp_path_factory):
    """The folder that ``labkit run`` wrote, and what it printed."""
    out = tmp_path_factory.mktemp("untouched")
    words = ["run", *map(str, _notebooks(request.session.items)), "--out", str(out)]
    ran = subprocess.run(
        [sys.executable, "-m", "labkit", *words], capture_output=True, text=True, check=False
    )
    return out, ran


@pytest.fixture(scope="session")
def replies(request):
    """What each check said to each wrong answer, by exercise and answer."""
    words = [str(HERE / "wrong_lane.py"), *map(str, _notebooks(request.session.items))]
    ran = subprocess.run([sys.executable, *words], capture_output=True, text=True, check=False)
    assert ran.returncode == 0, ran.stderr[-3000:]
    return {(each["exercise"], each["answer"]): each for each in json.loads(ran.stdout)}


@pytest.fixture(scope="session")
def read():
    return cache(lambda path: nbformat.read(path, as_version=4))


@pytest.fixture(scope="session")
def exercises_in(read):
    """The ids of the exercises in a notebook, in order."""

    def ids(path):
        cells = read(path).cells
        return [cell.metadata["exercise"] for cell in cells if "exercise" in cell.metadata]

    return ids
