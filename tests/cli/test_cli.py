"""The labkit command, as a user calls it."""

from __future__ import annotations

import json
import shutil
from pathlib import Path

import nbformat
import pytest
from click.testing import CliRunner

from labkit.cli import main

ROOT = Path(__file__).resolve().parents[2]


@pytest.fixture
def call():
    return lambda *words: CliRunner().invoke(main, [str(word) for word in words])


@pytest.fixture
def notebook(tmp_path):
    """Make a notebook of the given code cells."""

    def make(name, *cells, parameters="x = 1"):
        book = nbformat.v4.new_notebook()
        book.metadata["kernelspec"] = {
            "name": "python3",
            "display_name": "Python 3",
            "language": "python",
        }
        first = nbformat.v4.new_code_cell(parameters, metadata={"tags": ["parameters"]})
        book.cells = [first, *map(nbformat.v4.new_code_cell, cells)]
        nbformat.write(book, tmp_path / name)
        return tmp_path / name

    return make


def test_every_command_has_a_help_text(call):
    for name, command in main.commands.items():
        assert command.help, name
        assert call(name, "--help").exit_code == 0


def test_run_writes_the_executed_notebook_and_a_report(call, notebook, tmp_path):
    book = notebook("01-good.ipynb", "print(x + 1)")
    result = call("run", book, "--out", tmp_path / "out", "-p", "x", "41")

    assert result.exit_code == 0, result.output
    assert "01-good.ipynb" in (tmp_path / "out" / "report.txt").read_text()
    assert "1 ok, 0 failed" in result.output
    assert "42" in (tmp_path / "out" / "01-good.html").read_text()


def test_run_exits_1_and_names_the_error_when_a_cell_raises(call, notebook, tmp_path):
    good, bad = notebook("01-good.ipynb", "1"), notebook("02-bad.ipynb", "1 / 0")
    result = call("run", good, bad, "--out", tmp_path / "out")

    assert result.exit_code == 1
    assert "ZeroDivisionError: division by zero" in result.output
    assert "1 ok, 1 failed" in result.output
    assert "02-bad" in (tmp_path / "out" / "report.html").read_text()


def test_run_refuses_a_parameter_the_notebook_does_not_have(call, notebook, tmp_path):
    result = call("run", notebook("01-a.ipynb"), "--out", tmp_path, "-p", "clod", "aws")

    assert result.exit_code == 1
    assert "has no parameter clod. It takes: x." in result.output


def test_a_cell_that_takes_too_long_fails_that_notebook(call, notebook, tmp_path):
    slow = notebook("01-slow.ipynb", "import time; time.sleep(60)")
    result = call("run", slow, "--out", tmp_path / "out", "--timeout", 2)

    assert result.exit_code == 1
    assert "longer than 2 s" in result.output


def test_commands_outside_the_workbook_say_where_to_run_them(call, tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    monkeypatch.setattr("labkit.workbook.FIRST_NOTEBOOK", "not-here.ipynb")
    result = call("run")

    assert result.exit_code == 1
    assert "folder you cloned" in result.output


def test_doctor_finds_nothing_wrong_here(call):
    result = call("doctor")

    assert result.exit_code == 0, result.output
    assert "embedded AWS" in result.output


def test_clean_asks_where(call):
    result = call("clean")

    assert result.exit_code == 2
    assert "--aws, or --endpoint-url" in result.output


def test_an_endpoint_that_does_not_answer_is_one_line(call):
    result = call("clean", "--endpoint-url", "http://127.0.0.1:9")

    assert result.exit_code == 1
    assert result.output.splitlines() == [
        'labkit: Could not connect to the endpoint URL: "http://127.0.0.1:9/"'
    ]


RECORDS = """\
2 123456789012 eni-b 10.1.1.10 10.2.1.10 0 0 1 4 336 1767600000 1767600003 REJECT OK
2 123456789012 eni-a 10.1.1.10 10.2.1.10 0 0 1 4 336 1767600000 1767600003 ACCEPT OK
2 123456789012 eni-b 10.9.1.10 10.2.1.10 0 0 1 1 84 1767600060 1767600060 REJECT OK
2 123456789012 eni-b 10.1.1.10 10.2.1.10 0 0 1 1 84 1767600060 1767600060 REJECT OK
"""
QUERY = 'filter action="REJECT" | stats count(*) as n by srcAddr | sort n desc'


@pytest.fixture
def records(tmp_path):
    path = tmp_path / "flow.log"
    path.write_text(RECORDS)
    return path


def test_query_counts_over_files(call, records):
    result = call("query", QUERY, records, "--format", "json")

    assert result.exit_code == 0, result.output
    assert [{"srcAddr": "10.1.1.10", "n": "2"}, {"srcAddr": "10.9.1.10", "n": "1"}] == json.loads(
        result.output
    )


def test_query_prints_csv(call, records):
    assert call("query", QUERY, records, "--format", "csv").output.splitlines() == [
        "srcAddr,n",
        "10.1.1.10,2",
        "10.9.1.10,1",
    ]


def test_query_notes_a_misspelt_field_apart_from_the_rows(call, records):
    result = call("query", "stats count(*) as n by srcaddr", records, "--format", "csv")

    assert ["srcaddr,n", ",4"] == result.stdout.splitlines()
    assert "Did you mean srcAddr?" in result.stderr


def test_query_shows_where_a_query_is_wrong(call, records):
    result = call("query", "sort bin(5m)", records)

    assert result.exit_code == 1
    assert "^" in result.output


@pytest.mark.parametrize(
    ("dialect", "column"),
    [("duckdb", '"srcaddr"'), ("athena", '"srcaddr"'), ("spark", "`srcaddr`")],
)
def test_query_prints_the_same_query_as_sql(call, dialect, column):
    result = call("query", QUERY, "--sql", dialect, "--table", "logs.flows")

    assert result.exit_code == 0, result.output
    assert column in result.output
    assert "flows" in result.output


def test_query_says_what_has_no_sql_and_where(call):
    result = call("query", "filter srcaddr = '10.0.0.1'", "--sql", "athena")

    assert result.exit_code == 1
    assert "^^^^^^^" in result.output
    assert "Did you mean srcAddr?" in result.output


@pytest.mark.parametrize(
    ("arguments", "said"), [([], "or give --sql"), (["--table", "flows"], "for --sql")]
)
def test_query_says_what_is_missing_beside_a_query(call, arguments, said):
    result = call("query", QUERY, *arguments)

    assert result.exit_code == 2
    assert said in result.output


def test_query_names_the_file_and_line_it_cannot_read(call, records):
    records.write_text(RECORDS + "rubbish\n")
    result = call("query", QUERY, records)

    assert result.exit_code == 1
    assert "flow.log" in result.output
    assert "5" in result.output


def test_the_makefile_offers_what_the_readme_promises():
    readme, makefile = (ROOT / "README.md").read_text(), (ROOT / "Makefile").read_text()

    assert shutil.which("make")
    for target in ("lab", "test", "run"):
        assert f"make {target}" in readme
        assert f"\n{target}:" in makefile
