"""
``labkit run`` over all lessons, against papermill on as many notebooks that only import.

Both sides run in turns, with the same number of jobs, and medians are compared,
so that a busy machine slows both.
"""

from __future__ import annotations

import os
import statistics
import subprocess
import sys
import time
from pathlib import Path

import nbformat

ROOT = Path(__file__).resolve().parents[2]
LESSONS = sorted((ROOT / "notebooks").glob("*.ipynb"))
JOBS = str(min(2, os.cpu_count() or 1))
ROUNDS = 3

PAPERMILL = """
import sys
from concurrent.futures import ProcessPoolExecutor
import papermill

def execute(path):
    papermill.execute_notebook(path, path, progress_bar=False)

if __name__ == "__main__":
    with ProcessPoolExecutor(int(sys.argv[1])) as pool:
        list(pool.map(execute, sys.argv[2:]))
"""


def _elapsed(*words):
    started = time.perf_counter()
    subprocess.run([sys.executable, *words], check=True, capture_output=True)
    return time.perf_counter() - started


def test_running_all_lessons_takes_at_most_twice_as_long_as_their_imports_in_papermill(tmp_path):
    program = tmp_path / "on_papermill.py"
    program.write_text(PAPERMILL)
    cell = nbformat.v4.new_code_cell("import boto3, pandas, matplotlib.pyplot")
    kernel = {"name": "python3", "display_name": "Python 3", "language": "python"}
    book = nbformat.v4.new_notebook(cells=[cell], metadata={"kernelspec": kernel})
    imports = [str(tmp_path / lesson.name) for lesson in LESSONS]
    for path in imports:
        nbformat.write(book, path)

    pairs = [
        (
            _elapsed("-m", "labkit", "run", "--jobs", JOBS, "--out", str(tmp_path / "out")),
            _elapsed(str(program), JOBS, *imports),
        )
        for _ in range(ROUNDS)
    ]
    ratio = statistics.median(ours / theirs for ours, theirs in pairs)
    print(f"{len(LESSONS)} lessons, labkit run / papermill on imports: {ratio:.2f} (at most 2)")

    assert ratio <= 2
