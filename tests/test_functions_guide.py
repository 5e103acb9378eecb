"""docs/functions.md, line by line, with the real AWS CLI against ``labkit serve``."""

from __future__ import annotations

import json
import os
import re
import shutil
import subprocess
import sys
from pathlib import Path

import boto3
import pytest
from botocore.exceptions import ClientError

from labkit.lab.functions import package

GUIDE = Path(__file__).parent.parent / "docs" / "functions.md"


@pytest.fixture
def serving(request):
    """The address of a ``labkit serve`` with some options, in a process of its own."""
    words = [sys.executable, "-m", "labkit", "serve", "--port", "0", *request.param]
    with subprocess.Popen(words, stdout=subprocess.PIPE, text=True) as process:
        yield re.search(r"http://\S+", process.stdout.readline())[0]
        process.terminate()


def _run(script, endpoint, directory):
    if shutil.which("aws") is None or shutil.which("bash") is None:
        pytest.skip("the AWS CLI or bash is not installed")
    # No settings of the user's own, so that nothing can reach a real account.
    env = {
        "PATH": os.environ["PATH"],
        "HOME": str(directory),
        "AWS_CONFIG_FILE": os.devnull,
        "AWS_SHARED_CREDENTIALS_FILE": os.devnull,
    }
    return subprocess.run(
        ["bash", "-euo", "pipefail"],
        input=script.replace("http://127.0.0.1:4566", endpoint),
        capture_output=True,
        check=False,
        cwd=directory,
        env=env,
        text=True,
        timeout=800,
    )


def _script():
    return re.search(r"^```sh\n(.*?)^```", GUIDE.read_text(), re.DOTALL | re.MULTILINE)[1]


@pytest.mark.parametrize("serving", [["--run-functions"]], indirect=True)
def test_a_subscribed_function_is_run_by_a_server_that_was_told_to(serving, tmp_path):
    done = _run(_script(), serving, tmp_path)
    assert done.returncode == 0, done.stderr
    assert ["rejected: 1 in eni-1-all"] == re.findall(r"rejected: .*?(?=\t|\n)", done.stdout)


@pytest.mark.parametrize("serving", [[]], indirect=True)
def test_a_server_that_was_not_told_to_runs_nothing_and_says_so(serving):
    session = boto3.Session("labkit", "labkit", region_name="us-east-1")
    iam, functions, logs = (
        session.client(name, endpoint_url=serving) for name in ("iam", "lambda", "logs")
    )
    trust = {"Effect": "Allow", "Principal": {"Service": "lambda.amazonaws.com"}}
    document = json.dumps({"Statement": [{**trust, "Action": "sts:AssumeRole"}]})
    role = iam.create_role(RoleName="counter", AssumeRolePolicyDocument=document)["Role"]["Arn"]
    functions.create_function(
        FunctionName="counter",
        Runtime="python3.12",
        Role=role,
        Handler="function.handler",
        Code={"ZipFile": package("def handler(event, context):\n    return 1\n")},
    )
    with pytest.raises(ClientError, match="labkit serve --run-functions"):
        functions.invoke(FunctionName="counter")
    functions.invoke(FunctionName="counter", InvocationType="Event")
    [event] = logs.filter_log_events(logGroupName="/aws/lambda/counter")["events"]
    assert event["message"].startswith("[labkit] An event for counter was dropped: this endpoint")
