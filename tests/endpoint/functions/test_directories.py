"""The files of functions go with the process, and nothing a function began keeps it from ending."""

from __future__ import annotations

import os
import subprocess
import sys
import tempfile
import time

import pytest

from labkit.endpoint.functions.directories import PREFIX, clear_left_behind

LEAVES_A_POOL_THAT_WAITS = '''
import json, os, tempfile
from labkit import Lab
from labkit.lab.functions import package

SOURCE = """
import threading
from concurrent.futures import ThreadPoolExecutor
def handler(event, context):
    ThreadPoolExecutor(1).submit(threading.Event().wait)
    return "begun"
"""
lab = Lab.open()
service = {"Service": "lambda.amazonaws.com"}
allow = {"Effect": "Allow", "Principal": service, "Action": "sts:AssumeRole"}
trust = json.dumps({"Version": "2012-10-17", "Statement": [allow]})
role = lab.iam.create_role(RoleName="r", AssumeRolePolicyDocument=trust)["Role"]["Arn"]
lab.functions.create_function(
    FunctionName="f",
    Runtime="python3.12",
    Role=role,
    Handler="function.handler",
    Code={"ZipFile": package(SOURCE)},
)
print(json.load(lab.functions.invoke(FunctionName="f")["Payload"]))
print(os.listdir(tempfile.gettempdir()))
'''


def test_a_process_ends_whatever_a_pool_of_a_function_waits_for_and_leaves_no_files(tmp_path):
    run = subprocess.run(
        [sys.executable, "-c", LEAVES_A_POOL_THAT_WAITS],
        env={**os.environ, "TMPDIR": str(tmp_path)},
        capture_output=True,
        text=True,
        timeout=600,
        check=True,
    )
    said, there_was = run.stdout.splitlines()
    assert said == "begun"
    assert PREFIX in there_was
    assert list(tmp_path.iterdir()) == []


@pytest.mark.skipif(sys.platform == "win32", reason="there, nobody can tell who is gone")
def test_what_a_killed_process_left_behind_is_cleared_and_nothing_else(tmp_path, monkeypatch):
    import fcntl

    monkeypatch.setattr(tempfile, "tempdir", str(tmp_path))
    names = ("dead", "alive", "new")
    dead, alive, new = (tmp_path / f"{PREFIX}{name}" for name in names)
    other = tmp_path / "labkit-of-somebody-else"
    an_hour_ago = time.time() - 3600
    for each in (dead, alive, new, other):
        (each / "f").mkdir(parents=True)
        (each / "f" / "index.py").touch()
        if each is not new:
            os.utime(each, (an_hour_ago, an_hour_ago))
    descriptor = os.open(alive, os.O_RDONLY)
    fcntl.flock(descriptor, fcntl.LOCK_EX)
    clear_left_behind()
    os.close(descriptor)
    assert sorted(tmp_path.iterdir()) == sorted([alive, new, other])
