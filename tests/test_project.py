"""The project's own files agree with one another."""

from __future__ import annotations

import re
import tomllib
from pathlib import Path

import pytest
import yaml
from packaging.requirements import Requirement

import labkit

ROOT = Path(__file__).resolve().parent.parent
PROJECT = tomllib.loads((ROOT / "pyproject.toml").read_text())["project"]


def _pins() -> dict[str, str]:
    lines = (ROOT / "constraints.txt").read_text().splitlines()
    pairs = [line.split("==") for line in lines if line and not line.startswith("#")]
    return dict(pairs)


def _requirements() -> list[str]:
    return PROJECT["dependencies"] + PROJECT["optional-dependencies"]["dev"]


def test_constraints_pin_each_direct_dependency_once_and_nothing_else():
    expected = sorted(Requirement(line).name for line in _requirements())

    assert expected == sorted(_pins())


@pytest.mark.parametrize("line", _requirements())
def test_a_pin_lies_within_its_range(line):
    requirement = Requirement(line)

    assert requirement.specifier.contains(_pins()[requirement.name])


def test_the_conda_environment_asks_for_what_pyproject_asks_for():
    environment = yaml.safe_load((ROOT / "environment.yml").read_text())
    [by_pip] = [entry["pip"] for entry in environment["dependencies"] if isinstance(entry, dict)]
    expected = ["--constraint constraints.txt", *PROJECT["dependencies"], "--editable ."]

    assert expected == by_pip


def test_the_conda_environment_asks_for_the_same_python():
    environment = yaml.safe_load((ROOT / "environment.yml").read_text())

    assert f"python{PROJECT['requires-python']}" in environment["dependencies"]


def test_version_and_changelog_agree():
    headings = re.findall(r"^## (\S+)", (ROOT / "CHANGELOG.md").read_text(), re.MULTILINE)

    assert PROJECT["version"] == labkit.__version__ == headings[0]
