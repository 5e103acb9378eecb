"""What the package offers, and what it costs to import."""

from __future__ import annotations

import subprocess
import sys

import labkit.flowlog


def test_every_public_name_exists_and_is_listed_once():
    names = labkit.flowlog.__all__

    assert len(set(names)) == len(names)
    assert [name for name in names if not hasattr(labkit.flowlog, name)] == []


def test_importing_it_loads_nothing_heavy():
    probe = (
        "import sys, labkit.flowlog; "
        "print(*sorted({'pandas', 'numpy', 'boto3', 'moto', 'duckdb', 'lark'} & set(sys.modules)))"
    )
    answer = subprocess.run(
        [sys.executable, "-c", probe], capture_output=True, text=True, check=True
    )

    assert answer.stdout.strip() == ""
