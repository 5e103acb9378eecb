"""The labkit lab command, as a newcomer's first."""

from __future__ import annotations

import contextlib
import re
import socket
import subprocess
import sys
import time
from urllib.error import URLError
from urllib.request import urlopen

import pytest

from labkit.workbook import FIRST_NOTEBOOK


@pytest.fixture
def jupyter(tmp_path, monkeypatch):
    """``labkit lab`` on a free port, with nothing of the user's own settings."""
    for name in ("CONFIG_DIR", "DATA_DIR", "RUNTIME_DIR"):
        monkeypatch.setenv(f"JUPYTER_{name}", str(tmp_path / name))
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        port = free.getsockname()[1]
    words = [sys.executable, "-m", "labkit", "lab", "--no-browser", "--port", str(port)]
    with subprocess.Popen(words, stderr=subprocess.PIPE, text=True) as process:
        yield process
        process.terminate()
        process.stderr.read()


def test_lab_prints_an_address_that_opens_the_first_notebook(jupyter):
    lines = (re.search(r"http://127\.0\.0\.1:\S+", line) for line in jupyter.stderr)
    address = next(filter(None, lines), None)

    assert address, "JupyterLab stopped before it said where it listens"
    assert f"/lab/tree/{FIRST_NOTEBOOK}?token=" in address[0]
    assert "apputils-extension:announcements" in _page(address[0]), "it would ask to fetch news"


def _page(address):
    """What is to be seen there; JupyterLab says where it listens just before it does."""
    for _ in range(100):
        with contextlib.suppress(URLError), urlopen(address, timeout=30) as answer:  # noqa: S310
            return answer.read().decode()
        time.sleep(0.1)
    return pytest.fail(f"nothing answers at {address}")
