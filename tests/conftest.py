"""Fixtures that more than one folder of tests needs."""

from __future__ import annotations

import sys
from pathlib import Path

import pytest
from hypothesis import HealthCheck, settings

# Two runs try the same examples, and a busy machine fails none for being slow.
settings.register_profile(
    "labkit",
    derandomize=True,
    deadline=None,
    suppress_health_check=[HealthCheck.too_slow],
)
settings.load_profile("labkit")

# Networks that several folders of tests walk through.
sys.path.insert(0, str(Path(__file__).parent / "cases" / "networks"))


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


class CutOff:
    """A kernel that dies: raises in place of the n-th request that changes anything."""

    def __init__(self, lab, survivors: int) -> None:
        self.left = survivors
        self._clients = (lab.ec2, lab.iam, lab.logs, lab.ssm)
        for client in self._clients:
            client.meta.events.register_first("before-call", self)

    def __call__(self, model, **_: object) -> None:
        if model.name.startswith(("Describe", "Get", "List")):
            return
        if self.left == 0:
            raise KeyboardInterrupt
        self.left -= 1

    def heal(self) -> None:
        for client in self._clients:
            client.meta.events.unregister("before-call", self)


def cut_off(lab, survivors, do) -> bool:
    """Do it until the cut; True when it was over before the cut came."""
    cut = CutOff(lab, survivors)
    try:
        do()
    except KeyboardInterrupt:
        return False
    finally:
        cut.heal()
    return True


@pytest.fixture(scope="session", name="cut_off")
def _cut_off():
    return cut_off
