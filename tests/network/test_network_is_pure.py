from __future__ import annotations

import subprocess
import sys

import pytest

import labkit.network

HEAVY = ["boto3", "botocore", "moto", "pandas", "matplotlib", "duckdb", "IPython", "socket"]
MODULES = ["", *(f".{name}" for name in ("walk", "explain", "read"))]


@pytest.mark.parametrize("module", MODULES)
def test_the_model_loads_nothing_heavy(module):
    program = (
        "import importlib, sys\n"
        f"importlib.import_module('labkit.network{module}')\n"
        f"print(*(name for name in {HEAVY} if name in sys.modules))"
    )
    run = subprocess.run(
        [sys.executable, "-c", program], capture_output=True, text=True, check=True
    )
    assert run.stdout.split() == []


def test_the_package_says_what_it_is():
    assert labkit.network.__doc__
