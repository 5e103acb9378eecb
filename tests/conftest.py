"""Fixtures that more than one folder of tests needs."""

from __future__ import annotations

import pytest


@pytest.fixture
def lab():
    """A fresh, empty lab on an embedded AWS of its own."""
    from labkit import Lab

    return Lab.open()


@pytest.fixture
def built_lab(lab, capsys):
    """A lab with every building step done, flow logs included."""
    lab.build("flow_logs")
    capsys.readouterr()
    return lab
