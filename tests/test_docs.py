"""The documents say what the code does."""

from __future__ import annotations

import re
import subprocess
import sys
from pathlib import Path

import pytest

from labkit.cli import main
from labkit.endpoint.outside import SCANNERS, SITES
from labkit.endpoint.settings import Settings

ROOT = Path(__file__).resolve().parent.parent
README = (ROOT / "README.md").read_text()
FIDELITY = (ROOT / "docs" / "fidelity.md").read_text()
NOTEBOOKS = sorted((ROOT / "notebooks").glob("*.ipynb"))


@pytest.mark.parametrize("name", sorted(main.commands))
def test_every_command_is_in_the_readme(name):
    assert re.search(rf"labkit {name}\b", README)


@pytest.mark.parametrize("notebook", NOTEBOOKS, ids=lambda path: path.stem)
def test_every_lesson_is_in_the_readme(notebook):
    assert f"(notebooks/{notebook.name})" in README


def test_the_readme_names_no_lesson_that_is_not_there():
    assert {path.name for path in NOTEBOOKS} == set(re.findall(r"\(notebooks/([^)]+)\)", README))


def test_every_option_that_the_documents_name_is_one_of_its_command():
    for document in (ROOT / "README.md", ROOT / "CONTRIBUTING.md", *(ROOT / "docs").rglob("*.md")):
        for name, rest in re.findall(r"\blabkit (\w+)((?: +[^\s`#|]+)*)", document.read_text()):
            command = main.commands.get(name)
            options = re.findall(r"(?<!\S)--?[a-z][a-z-]*", rest) if command else []
            known = {each for param in getattr(command, "params", ()) for each in param.opts}
            assert set() == set(options) - known, f"{document.name}: labkit {name}{rest}"


def test_every_link_in_the_documents_leads_somewhere():
    for document in (ROOT / "README.md", ROOT / "CONTRIBUTING.md", *(ROOT / "docs").rglob("*.md")):
        for target in re.findall(r"\]\((?!https?:)([^)#]+)", document.read_text()):
            assert (document.parent / target).exists(), f"{document.name}: {target}"


def test_the_fidelity_page_lists_every_setting_with_its_default_and_meaning():
    rows = [
        f"| `{name}` | `{getattr(Settings(), name)}` | {meaning} |"
        for name, meaning in Settings.meanings().items()
    ]
    table = "\n".join(["| Setting | Default | Meaning |", "|---|---|---|", *rows])

    assert table in FIDELITY, f"docs/fidelity.md needs this table:\n{table}"


def test_the_fidelity_page_lists_every_host_on_the_internet():
    listed = FIDELITY.replace("REGION", "{region}")

    for site in SITES:
        assert f"| `{site.name}` | {', '.join(site.addresses)} |" in listed
    assert SCANNERS[0].name in listed
    assert SCANNERS[-1].name in listed


def test_every_room_of_the_package_is_on_the_map_of_the_code():
    rooms = {path.parent.name for path in (ROOT / "labkit").glob("*/__init__.py")} - {"cli"}
    mapped = set(re.findall(r"^    (\w+) {2,}\S", README, re.MULTILINE))

    assert rooms | {"session"} == mapped


def test_what_is_made_from_the_plan_of_lessons_is_in_step_with_it():
    program = [sys.executable, "docs/build.py", "--check"]
    run = subprocess.run(program, cwd=ROOT, capture_output=True, text=True, check=False)

    assert run.returncode == 0, f"run make docs; it would write:\n{run.stdout}{run.stderr}"
