"""Outside authorities: how a test gets at them, and what they found, after the tests."""

from __future__ import annotations

import os
import sys
from collections import Counter
from concurrent.futures import Future, ThreadPoolExecutor
from pathlib import Path
from typing import TYPE_CHECKING

import pytest

# The modules of an authority lie in a folder beside its test.
sys.path.insert(0, str(Path(__file__).parent))

from linux_kernel import kernel
from linux_kernel.draw import draw
from linux_kernel.outcome import kinds

if TYPE_CHECKING:
    from collections.abc import Iterator

    from linux_kernel.outcome import Outcome

_AHEAD = 3  # networks that Linux works on while the test looks at another

_tally: Counter[str] = Counter()


class Linux:
    """What Linux makes of the network of a seed; computed once, and a little ahead."""

    def __init__(self, seeds: list[str], pool: ThreadPoolExecutor) -> None:
        self._seeds = seeds
        self._pool = pool
        self._outcomes: dict[str, Future[dict[int, Outcome]]] = {}

    def outcomes(self, seed: str) -> dict[int, Outcome]:
        """The outcome of every probe of a network, by the probe's number."""
        place = self._seeds.index(seed)
        for wanted in self._seeds[place : place + 1 + _AHEAD]:
            if wanted not in self._outcomes:
                self._outcomes[wanted] = self._pool.submit(_run, wanted)
        return self._outcomes[seed].result()


def _run(seed: str) -> dict[int, Outcome]:
    scenario = draw(seed)
    outcomes = kernel.run(scenario)
    _tally.update(kinds(scenario, outcomes))
    return outcomes


@pytest.fixture(scope="session")
def has_linux() -> None:
    """Skips, saying why, where there are no namespaces; fails instead if they are required."""
    reason = kernel.why_not()
    if reason is None:
        return
    if os.environ.get("LABKIT_KERNEL_REQUIRED"):
        pytest.fail(f"LABKIT_KERNEL_REQUIRED is set, but: {reason}")
    pytest.skip(f"no Linux kernel to compare with: {reason}")


@pytest.fixture(scope="session")
def linux(has_linux: None, request: pytest.FixtureRequest) -> Iterator[Linux]:  # noqa: ARG001  for its skip
    wanted = [
        str(item.callspec.params["seed"])
        for item in request.session.items
        if isinstance(item, pytest.Function) and "seed" in item.fixturenames
    ]
    pool = ThreadPoolExecutor(2)
    yield Linux(list(dict.fromkeys(wanted)), pool)
    pool.shutdown(cancel_futures=True)


def pytest_terminal_summary(terminalreporter: pytest.TerminalReporter) -> None:
    """Tells how many probes were answered, and what became of the others."""
    total = sum(_tally.values())
    if total:
        terminalreporter.section(f"probes through a Linux kernel: {total}")
        for name, count in _tally.most_common():
            terminalreporter.write_line(f"{count:6d}  {count / total:6.1%}  {name}")
