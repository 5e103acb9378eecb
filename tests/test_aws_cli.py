"""docs/aws_cli.md, line by line, with the real AWS CLI against a running ``labkit serve``."""

from __future__ import annotations

import os
import re
import shutil
import subprocess
import sys
from pathlib import Path
from urllib.request import urlopen

import pytest

GUIDE = Path(__file__).parent.parent / "docs" / "aws_cli.md"
ENDPOINT = "http://127.0.0.1:4566"


@pytest.fixture
def endpoint():
    """The address of a ``labkit serve`` in a process of its own."""
    words = [sys.executable, "-m", "labkit", "serve", "--port", "0", "--speed", "20"]
    with subprocess.Popen(words, stdout=subprocess.PIPE, text=True) as process:
        address = re.search(r"http://\S+", process.stdout.readline())[0]
        yield address
        process.terminate()


@pytest.fixture
def told(endpoint, tmp_path):
    """What the guide's commands print, by the heading that they stand under."""
    if shutil.which("aws") is None:
        pytest.skip("the AWS CLI is not installed")
    if shutil.which("bash") is None:
        pytest.skip("there is no bash to run the guide's lines with")
    # No settings of the user's own, so that nothing can reach a real account.
    env = {
        "PATH": os.environ["PATH"],
        "HOME": str(tmp_path),
        "AWS_CONFIG_FILE": os.devnull,
        "AWS_SHARED_CREDENTIALS_FILE": os.devnull,
    }
    done = subprocess.run(
        ["bash", "-euo", "pipefail"],
        input=_script(GUIDE.read_text()).replace(ENDPOINT, endpoint),
        capture_output=True,
        check=False,
        env=env,
        text=True,
        timeout=900,
    )
    assert done.returncode == 0, done.stderr
    _, *parts = re.split(r"^## (.*)\n", done.stdout, flags=re.MULTILINE)
    return dict(zip(parts[::2], parts[1::2], strict=True))


def _script(guide):
    """The guide's commands; each heading becomes a line of the output."""
    parts = re.findall(r"^## ([^\n]*)$|^```sh\n(.*?)^```", guide, flags=re.MULTILINE | re.DOTALL)
    return "\n".join(f"echo '## {heading}'" if heading else code for heading, code in parts)


def test_the_guide_tells_the_whole_story(told):
    answered = told["A ping, and its four records"]
    assert "4 packets transmitted, 4 received" in answered
    assert answered.count(" 0 0 1 4 336 ") == answered.count(" ACCEPT OK") == 4

    silent = told["A route is missing"]
    assert "4 packets transmitted, 0 received" in silent
    assert silent.count(" OK") == 4, "the records of the ping before, and none of this one"
    assert "REJECT" not in silent

    rejected = told["A rule is missing"]
    assert "4 packets transmitted, 0 received" in rejected
    assert re.findall(r"(\S+ \S+) 0 0 1 4 336 \d+ \d+ REJECT OK", rejected) == [
        "10.1.1.10 10.2.1.10"
    ]
    assert rejected.count(" ACCEPT OK") == 5

    assert told["Ask Reachability Analyzer"].split() == [
        "succeeded",
        "False",
        "SG_HAS_NO_RULES",
    ]

    assert told["Who was rejected most?"].split() == ["10.1.1.10", "1"]

    assert told["An alarm for the next one"].split()[0] == "2", "the REJECT of the two"
    loud = told["It goes off"]
    assert "4 packets transmitted, 0 received" in loud
    assert "1 out of the last 1 datapoints [1.0 (" in loud
    over = told["And is over"]
    assert "4 packets transmitted, 4 received" in over
    assert over.splitlines()[-3:] == [
        "Alarm updated from INSUFFICIENT_DATA to OK",
        "Alarm updated from OK to ALARM",
        "Alarm updated from ALARM to OK",
    ]

    out = told["A way out for a private subnet"].split()
    counted = out.index("4")
    assert out[counted - 2] == out[counted - 1], "the internet sees the NAT gateway's address"


def test_serve_answers_where_it_says(endpoint):
    with urlopen(f"{endpoint}/_labkit/health", timeout=30) as answer:  # noqa: S310  loopback
        assert answer.status == 200
