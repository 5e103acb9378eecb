"""Samples: made by the lab itself, and put into a log group so that they begin now."""

from __future__ import annotations

import importlib.util
from collections import Counter
from pathlib import Path

import pytest

from labkit import Lab
from labkit.errors import NameNotFound
from labkit.workbook import data_folder

FOLDER = data_folder() / "samples"


@pytest.fixture(scope="module")
def lab():
    return Lab.open()


def count(lab, sample):
    where = {"log_group": sample.log_group, "start": sample.start, "end": sample.end}
    [found] = lab.insights("stats count(*) as n", **where)["n"]
    return found


def test_a_sample_begins_now_and_insights_finds_all_of_it(lab):
    sample = lab.load_sample("two-offices")

    assert 0 <= sample.start - lab.clock.now() < 60
    assert sample.end - lab.clock.now() < 7200, "PutLogEvents takes nothing further ahead"
    assert sample.records == count(lab, sample)


def test_loading_a_sample_again_does_not_double_it(lab):
    lab.load_sample("two-offices")
    sample = lab.load_sample("two-offices")

    assert sample.records == count(lab, sample)


def test_an_unknown_sample_is_answered_with_those_there_are(lab):
    with pytest.raises(NameNotFound, match="two-offices"):
        lab.load_sample("three-offices")


def test_teardown_takes_the_samples_away():
    lab = Lab.open()
    lab.load_sample("two-offices")

    assert {kind: left for kind, left in lab.teardown().items() if left} == {}
    assert lab.logs.describe_log_groups()["logGroups"] == []


def test_every_record_of_a_sample_has_a_label():
    lines = (FOLDER / "two-offices.log").read_text().splitlines()
    labels = [
        row.split(",") for row in (FOLDER / "two-offices.labels.csv").read_text().splitlines()[1:]
    ]

    assert list(range(1, len(lines) + 1)) == [int(number) for number, _ in labels]


def test_the_sample_is_what_its_script_makes(tmp_path, monkeypatch):
    spec = importlib.util.spec_from_file_location("two_offices", FOLDER / "two_offices.py")
    script = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(script)
    monkeypatch.setattr(script, "HERE", Path(tmp_path))

    script.main()

    made = {path.name: path.read_bytes() for path in tmp_path.iterdir()}
    assert {name: (FOLDER / name).read_bytes() for name in made} == made
    assert Counter(Path(name).suffix for name in made) == {".log": 1, ".csv": 1, ".yaml": 1}
