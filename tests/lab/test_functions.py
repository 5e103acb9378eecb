"""Functions of a notebook become a package that runs by itself."""

from __future__ import annotations

import io
import zipfile

import pytest

from labkit.errors import LabError
from labkit.lab.functions import package, source_of

LIMIT = 2


def doubled(number):
    return number * LIMIT


def handler(event, _context):
    return doubled(event)


def test_a_source_holds_what_it_is_given_and_runs_by_itself():
    source = source_of(
        doubled,
        handler,
        head=f"""
        LIMIT = {LIMIT}
    """,
    )
    names = {}
    exec(source, names)  # noqa: S102  what Lambda does with it
    assert 14 == names["handler"](7, None)


def test_a_package_is_one_readable_module_and_the_same_each_time():
    with zipfile.ZipFile(io.BytesIO(package("x = 1\n"))) as archive:
        [entry] = archive.infolist()
        assert ("function.py", 0o644) == (entry.filename, entry.external_attr >> 16)
        assert b"x = 1\n" == archive.read(entry)
    assert package("x = 1\n") == package("x = 1\n")


@pytest.mark.parametrize("what", [len, doubled(2), None])
def test_what_has_no_source_text_is_refused_with_what_to_name_instead(what):
    with pytest.raises(LabError, match="without calling them"):
        source_of(what)
