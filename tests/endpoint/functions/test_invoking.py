"""A function is run as on Lambda, whatever it does, and the lab goes on."""

from __future__ import annotations

import base64
import gc
import json
import logging
import os
import sys
import threading
import time
import typing
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from textwrap import dedent

import boto3
import botocore.session
import pytest

from labkit.endpoint.clock import WallClock
from labkit.endpoint.invocations import Invocations

NOTHING = {"Effect": "Deny", "Action": "*", "Resource": "*"}
ECHO = "def handler(event, context):\n    print('seen', event)\n    return event"


def test_an_event_comes_back_as_the_answer_with_the_lines_of_a_log(functions):
    functions.make(ECHO)
    answer = functions.client.invoke(FunctionName="f", Payload=b'{"a": 1}', LogType="Tail")
    tail = base64.b64decode(answer["LogResult"]).decode()
    assert {"a": 1} == json.loads(answer["Payload"].read())
    assert (200, "$LATEST", None) == (
        answer["StatusCode"],
        answer["ExecutedVersion"],
        answer.get("FunctionError"),
    )
    assert ["START", "seen", "END", "REPORT"] == [line.split(" ")[0] for line in functions.lines()]
    assert "".join(functions.lines()) == tail


def test_invocations_are_counted(functions):
    functions.make("def handler(e, c):\n    return 1 / e")
    functions.answer(1)
    functions.answer(0)
    found = functions.cloudwatch.get_metric_statistics(
        Namespace="AWS/Lambda",
        MetricName="Errors",
        Dimensions=[{"Name": "FunctionName", "Value": "f"}],
        StartTime=functions.aws.clock.now() - 60,
        EndTime=functions.aws.clock.now() + 60,
        Period=60,
        Statistics=["Sum", "SampleCount"],
    )["Datapoints"]
    assert [(1.0, 2.0)] == [(each["Sum"], each["SampleCount"]) for each in found]


def test_two_runs_print_the_same(functions_with):
    logs = []
    for _ in range(2):
        functions = functions_with()
        functions.make(ECHO)
        functions.answer(1)
        logs.append(functions.lines())
    assert logs[0] == logs[1]


FAILURES = {
    "raises": ("def handler(e, c):\n    return 1 / 0", "ZeroDivisionError", "division by zero"),
    "answers what JSON cannot say": (
        "def handler(e, c):\n    return {1}",
        "Runtime.MarshalError",
        "Unable to marshal response: Object of type set is not JSON serializable",
    ),
    "is a coroutine": (
        "async def handler(e, c):\n    return 1",
        "Runtime.MarshalError",
        "Unable to marshal response: Object of type coroutine is not JSON serializable",
    ),
    "answers too much": (
        "def handler(e, c):\n    return 'x' * 6_300_000",
        "Function.ResponseSizeTooLarge",
        "Response payload size exceeded maximum allowed payload size (6291556 bytes).",
    ),
    "imports what is not there": (
        "import nowhere",
        "Runtime.ImportModuleError",
        "Unable to import module 'index': No module named 'nowhere'",
    ),
    "is no Python": (
        "def handler(e, c)\n    pass",
        "Runtime.UserCodeSyntaxError",
        "Syntax error in module 'index': expected ':' (index.py, line 1)",
    ),
    "has no handler": (
        "x = 1",
        "Runtime.HandlerNotFound",
        "Handler 'handler' missing on module 'index'",
    ),
    "leaves": (
        "import sys\ndef handler(e, c):\n    sys.exit(3)",
        "Runtime.ExitError",
        "Error: Runtime exited with error: exit status 3",
    ),
    "leaves at once": (
        "import os\ndef handler(e, c):\n    os._exit(0)",
        "Runtime.ExitError",
        "Error: Runtime exited without providing a reason",
    ),
    "sends itself a signal": (
        "import os\ndef handler(e, c):\n    os.kill(os.getpid(), 0)\n    os.kill(os.getpid(), 9)",
        "Runtime.ExitError",
        "Error: Runtime exited with error: signal: killed",
    ),
    "interrupts": (
        "def handler(e, c):\n    raise KeyboardInterrupt",
        "Runtime.ExitError",
        "Error: Runtime exited with error: signal: interrupt",
    ),
    "breaks Python": (
        # Of all names, one that other threads of this process do without meanwhile.
        "import builtins\ndef handler(e, c):\n    builtins.Exception = None\n    raise OSError",
        "Runtime.ExitError",
        "Error: Runtime exited with error: exit status 1",
    ),
    "asks a keyboard": ("def handler(e, c):\n    input()", "EOFError", "EOF when reading a line"),
    "calls itself for ever": (
        "def f():\n    f()\ndef handler(e, c):\n    f()",
        "RecursionError",
        "maximum recursion depth exceeded",
    ),
    "loops for ever": (
        "def handler(e, c):\n    while True:\n        pass",
        "Sandbox.Timedout",
        "Error: Task timed out after 3.00 seconds",
    ),
    "catches everything": (
        (
            "def handler(e, c):\n    while True:\n        try:\n            while True:\n"
            "                pass\n        except BaseException:\n            pass"
        ),
        "Sandbox.Timedout",
        "Error: Task timed out after 3.00 seconds",
    ),
    "counts for ever in a generator": (
        "import itertools\ndef handler(e, c):\n    return sum(1 for _ in itertools.count())",
        "Sandbox.Timedout",
        "Error: Task timed out after 3.00 seconds",
    ),
    "sleeps too long": (
        "from time import sleep\ndef handler(e, c):\n    sleep(1000)",
        "Sandbox.Timedout",
        "Error: Task timed out after 3.00 seconds",
    ),
    "prints without end": (
        "def handler(e, c):\n    while True:\n        print('flood' * 1000)",
        "Sandbox.Timedout",
        "Error: Task timed out after 3.00 seconds",
    ),
}


@pytest.mark.parametrize("failure", FAILURES)
def test_a_function_that_fails_is_reported_and_the_next_call_works(functions, failure):
    source, kind, message = FAILURES[failure]
    if kind == "Sandbox.Timedout":
        functions.patience(0.3)
    functions.make(source)
    answer = functions.client.invoke(FunctionName="f")
    payload = json.loads(answer["Payload"].read())
    gc.collect()
    assert ("Unhandled", kind) == (answer["FunctionError"], payload["errorType"])
    assert message in payload["errorMessage"]
    functions.patience(60)
    functions.make(ECHO, name="next")
    assert "fine" == functions.answer("fine", name="next")


def test_an_exception_comes_with_the_frames_of_the_function_alone(functions):
    functions.make("def handler(e, c):\n    return f(e)\ndef f(e):\n    raise KeyError('k')")
    payload = functions.answer()
    assert "'k'" == payload["errorMessage"]
    assert [
        '  File "/var/task/index.py", line 2, in handler\n    return f(e)\n',
        "  File \"/var/task/index.py\", line 4, in f\n    raise KeyError('k')\n",
    ] == [frame.split("           ^")[0] for frame in payload["stackTrace"]]
    assert functions.lines()[0].split()[2] == payload["requestId"]


@pytest.mark.skipif(sys.platform != "linux", reason="memory is bounded on Linux only")
@pytest.mark.parametrize("body", ["bytearray(10 ** 11)", "[bytes(10 ** 7) for _ in iter(int, 1)]"])
def test_a_function_that_wants_all_memory_gets_none(functions, body):
    functions.make(f"def handler(e, c):\n    return len({body})", Timeout=60)
    assert "MemoryError" == functions.answer()["errorType"]


def test_a_function_that_waits_for_what_never_comes_is_left_behind(functions):
    functions.patience(0.3)
    waiting = "import threading\nlock = threading.Lock()\nlock.acquire()\n"
    functions.make(waiting + "def handler(e, c):\n    lock.acquire()")
    functions.make(waiting + "lock.acquire()", name="at-once")
    for name in ("f", "at-once"):  # the second in the middle of an import
        assert "Sandbox.Timedout" == functions.answer(name=name)["errorType"]
    functions.patience(60)
    functions.make(ECHO, name="next")
    assert "fine" == functions.answer("fine", name="next")


def test_a_debugger_can_be_used_although_a_function_was_left_behind(functions_with):
    functions = functions_with(function_patience_s=0.1)
    functions.make(
        "import threading\ndef handler(e, c):\n    lock = threading.Lock()\n"
        "    lock.acquire()\n    lock.acquire()"
    )
    functions.answer()
    seen, outside = [], sys.gettrace()
    sys.settrace(lambda frame, *_: seen.append(frame.f_code.co_name))
    try:
        functions.client.meta.service_model  # noqa: B018  anything in Python
    finally:
        sys.settrace(outside)
    assert "service_model" in seen


def test_sleeping_moves_the_clock_and_takes_no_time(functions):
    functions.make("import time\ndef handler(e, c):\n    time.sleep(40)", Timeout=60)
    began_s, really_began_s = functions.aws.clock.now(), time.monotonic()
    assert functions.answer() is None
    assert 40 == functions.aws.clock.now() - began_s
    assert time.monotonic() - really_began_s < 40
    assert "Duration: 40000.00 ms" in functions.lines()[-1]


def test_a_timeout_takes_all_the_time_there_was(functions_with):
    functions = functions_with(function_patience_s=0.3)
    functions.make("def handler(e, c):\n    while True:\n        pass", Timeout=900)
    began_s = functions.aws.clock.now()
    functions.answer()
    assert 900 == functions.aws.clock.now() - began_s
    assert "Status: timeout" in functions.lines()[-1]


def test_boto3_reaches_the_lab_however_it_is_used_and_as_the_functions_role(functions):
    functions.make(
        "import boto3\n"
        "early = boto3.client('ec2')\n"
        "def handler(e, c):\n"
        "    others = [boto3.client('ec2'), boto3.Session(region_name='us-east-1').client('ec2')]\n"
        "    counts = [len(x.describe_vpcs()['Vpcs']) for x in [early, *others]]\n"
        "    try:\n"
        "        early.create_vpc(CidrBlock='10.0.0.0/16')\n"
        "    except early.exceptions.ClientError as refused:\n"
        "        return counts, refused.response['Error']['Code']\n",
        Timeout=60,
    )
    assert [[1, 1, 1], "UnauthorizedOperation"] == functions.answer()


SELFISH = """
import builtins, logging, os, shutil, sys, threading, time
logging.getLogger().setLevel(logging.DEBUG)
os.environ["LEFT"] = "behind"
import helper
def sleepless():
    while True:
        time.sleep(0.01)
def handler(e, c):
    threading.Thread(target=sleepless, name="sleepless").start()
    answer = os.environ["WORD"], helper.__name__, os.environ.get("HOME")
    shutil.rmtree(os.getcwd())
    os.environ.clear()
    sys.modules.clear()
    sys.path.clear()
    sys.meta_path.clear()
    sys.stdout = builtins.print = None
    return answer
"""


def _state():
    root = logging.getLogger()
    return (
        dict(os.environ),
        len(sys.modules) > 100,
        list(sys.path),
        list(sys.meta_path),
        (sys.stdout, sys.stderr, time.sleep, os._exit, Path.cwd()),
        (root.level, list(root.handlers)),
        boto3.DEFAULT_SESSION,
        "helper" in sys.modules or "index" in sys.modules,
    )


@pytest.mark.filterwarnings("ignore::pytest.PytestUnhandledThreadExceptionWarning")
def test_the_process_is_as_it_was_afterwards(functions):
    given = {"Variables": {"WORD": "given"}}
    functions.make({"index": SELFISH, "helper": ""}, Environment=given)
    before = _state()
    assert ["given", "helper", None] == functions.answer()
    assert before == _state()
    for thread in threading.enumerate():
        if thread.name == "sleepless":
            thread.join(timeout=10)
            assert not thread.is_alive()


@pytest.mark.skipif(sys.platform == "win32", reason="there, no thread can be sent a signal")
def test_the_stop_button_ends_the_wait_for_a_function_and_the_next_call_works(functions):
    functions.make(
        "import signal, threading\n"
        "def handler(e, c):\n"
        "    signal.pthread_kill(threading.main_thread().ident, signal.SIGINT)\n"
        "    threading.Event().wait()"
    )
    before = _state()
    with pytest.raises(KeyboardInterrupt):
        functions.answer()
    assert before == _state()
    functions.make(ECHO, name="next")
    assert "fine" == functions.answer("fine", name="next")


def test_modules_stay_loaded_until_the_code_changes(functions):
    counting = "n = 0\ndef handler(e, c):\n    global n\n    n += 1\n    return n"
    functions.make(counting)
    assert [1, 2] == [functions.answer(), functions.answer()]
    functions.client.update_function_configuration(FunctionName="f", Timeout=9)
    assert 1 == functions.answer()


def test_the_context_tells_of_the_invocation(functions):
    functions.make(
        "def handler(e, c):\n"
        "    return [c.function_name, c.function_version, c.invoked_function_arn,\n"
        "            c.memory_limit_in_mb, c.log_group_name, c.get_remaining_time_in_millis(),\n"
        "            c.client_context.custom]",
        MemorySize=256,
    )
    given = base64.b64encode(b'{"custom": {"k": "v"}}').decode()
    assert [
        "f",
        "$LATEST",
        "arn:aws:lambda:us-east-1:123456789012:function:f",
        "256",
        "/aws/lambda/f",
        3000,
        {"k": "v"},
    ] == functions.answer(ClientContext=given)


def test_logged_records_are_worded_as_lambda_does(functions):
    functions.make(
        "import logging\n"
        "logging.getLogger().setLevel('INFO')\n"
        "def handler(e, c):\n    logging.info('two\\nlines')\n    return c.aws_request_id"
    )
    request_id = functions.answer()
    assert [f"[INFO]\t2026-01-05T09:00:00.000Z\t{request_id}\ttwo\nlines"] == functions.printed()


def test_a_function_may_invoke_another_and_a_loop_of_them_is_stopped(functions):
    functions.make(
        "import boto3, json\n"
        "client = boto3.client('lambda')\n"
        "def handler(depth, c):\n"
        "    try:\n"
        "        answer = client.invoke(FunctionName='f', Payload=json.dumps(depth + 1))\n"
        "        return json.loads(answer['Payload'].read())\n"
        "    except client.exceptions.RecursiveInvocationException:\n"
        "        return depth",
        Timeout=60,
    )
    assert 16 == functions.answer(1)


# Runs until somebody makes a file, and says that it has begun by another one.
WAITING = """
import pathlib, threading, time
def handler(directory, c):
    (pathlib.Path(directory) / "begun").touch()
    while not (pathlib.Path(directory) / "enough").exists():
        threading.Event().wait(0.01)
    time.sleep(100)
    return "waited"
"""


@pytest.fixture
def waiting(functions, tmp_path):
    """A function under way in a thread; gives what ends it and gives back its answer."""
    functions.make(WAITING, name="waiting", Timeout=900)
    with ThreadPoolExecutor(1) as pool:
        answer = pool.submit(functions.answer, str(tmp_path), name="waiting")
        while not (tmp_path / "begun").exists():
            assert not answer.done()
            time.sleep(0.01)

        def end():
            (tmp_path / "enough").touch()
            return answer.result()

        yield end
        end()


def test_calls_of_other_threads_are_answered_while_a_function_runs(functions, waiting):
    listed = functions.client.list_functions()["Functions"]
    assert ["waiting"] == [each["FunctionName"] for each in listed]
    assert "waited" == waiting()


def test_the_time_of_a_function_begins_when_those_before_it_are_done(functions, waiting):
    functions.make(f"for _ in range(3):\n    pass\n{ECHO}")  # a loop asks for the time
    with ThreadPoolExecutor(1) as pool:
        answer = pool.submit(functions.answer, "in time")
        threading.Event().wait(0.1)  # enough to be in the queue, mostly; nothing rests on it
        waiting()
    assert "in time" == answer.result()


def test_threads_of_a_function_may_call_back_while_other_things_are_due(functions):
    functions.make(
        "import boto3\n"
        "from concurrent.futures import ThreadPoolExecutor\n"
        "client = boto3.client('lambda')\n"
        "def handler(e, c):\n"
        "    with ThreadPoolExecutor(4) as pool:\n"
        "        found = list(pool.map(lambda _: len(client.list_functions()), range(8)))\n"
        "    print('done', len(found))",
        Timeout=60,
    )
    for _ in range(3):
        functions.client.invoke(FunctionName="f", InvocationType="Event")
    assert ["done 8"] * 3 == functions.printed()


def test_a_function_calls_as_its_role_and_we_do_not(functions, session_on):
    functions.make(
        "import boto3\n"
        "def handler(event, context):\n"
        "    told = boto3.client('sts').get_caller_identity()\n"
        "    return {name: told[name] for name in ('Account', 'Arn', 'UserId')}\n"
    )
    role_id = functions.iam.get_role(RoleName="runner")["Role"]["RoleId"]
    arn = "arn:aws:sts::123456789012:assumed-role/runner/f"

    assert {
        "Account": "123456789012",
        "Arn": arn,
        "UserId": f"{role_id}:f",
    } == functions.answer()
    assert arn != session_on(functions.aws).client("sts").get_caller_identity()["Arn"]


def test_threads_of_a_function_live_at_the_instant_it_is_invoked_at(functions):
    functions.make(
        "import boto3\n"
        "from concurrent.futures import ThreadPoolExecutor\n"
        "client = boto3.client('lambda')\n"
        "def change(n):\n"
        "    client.update_function_configuration(FunctionName='g', Description='changed')\n"
        "def handler(e, c):\n"
        "    if e['attempt'] == 'late':\n"
        "        with ThreadPoolExecutor(1) as pool:\n"
        "            list(pool.map(change, range(1)))"
    )
    functions.make(ECHO, name="g")
    at_s = functions.aws.clock.now() + 60
    functions.aws.extension(Invocations).send(
        "arn:aws:lambda:us-east-1:123456789012:function:f", {"attempt": "late"}, at_s=at_s
    )
    functions.aws.clock.sleep(3600)
    changed = functions.client.get_function_configuration(FunctionName="g")
    assert ("changed", "2026-01-05T09:01:00.000+0000") == (
        changed["Description"],
        changed["LastModified"],
    )


def test_a_loop_of_functions_that_goes_through_threads_is_stopped_too(functions):
    functions.make(
        "import boto3, json\n"
        "from concurrent.futures import ThreadPoolExecutor\n"
        "client = boto3.client('lambda')\n"
        "def again(depth):\n"
        "    try:\n"
        "        answer = client.invoke(FunctionName='f', Payload=json.dumps(depth))\n"
        "        return json.loads(answer['Payload'].read())\n"
        "    except client.exceptions.RecursiveInvocationException:\n"
        "        return depth - 1\n"
        "def handler(depth, c):\n"
        "    with ThreadPoolExecutor(1) as pool:\n"
        "        return pool.submit(again, depth + 1).result()",
        Timeout=60,
    )
    assert 16 == functions.answer(1)


def test_on_a_fast_clock_a_function_has_as_long_as_it_needs_and_sleeps_fast(functions_with):
    functions = functions_with(WallClock(speed=3600))
    functions.make(
        "import time\n"
        "def handler(wanted, c):\n"
        "    began = time.monotonic()\n"
        "    while time.monotonic() < began + 0.1:\n"
        "        pass\n"
        "    time.sleep(wanted)",
        Timeout=60,
    )
    assert functions.answer(20) is None
    assert 20_100 <= float(functions.lines()[-1].split()[4]) < 60_000
    assert "Sandbox.Timedout" == functions.answer(61)["errorType"]


def test_importing_has_time_of_its_own(functions):
    functions.make("import time\ntime.sleep(5)\ndef handler(e, c):\n    time.sleep(e)")
    assert functions.answer(2) is None
    assert "Duration: 2000.00 ms" in functions.lines()[-1]
    assert "Sandbox.Timedout" == functions.answer(4)["errorType"]


def test_threads_of_a_function_may_invoke_others_which_take_turns(functions):
    functions.make(
        "import os\ndef handler(e, c):\n    return [e, os.environ['WHO']]",
        "g",
        Environment={"Variables": {"WHO": "g"}},
    )
    functions.make(
        "import boto3, json, os\n"
        "from concurrent.futures import ThreadPoolExecutor\n"
        "client = boto3.client('lambda')\n"
        "def called(n):\n"
        "    answer = client.invoke(FunctionName='g', Payload=json.dumps(n))\n"
        "    return json.loads(answer['Payload'].read())\n"
        "def handler(e, c):\n"
        "    with ThreadPoolExecutor(3) as pool:\n"
        "        return [*pool.map(called, range(4)), os.environ['WHO']]",
        Timeout=60,
        Environment={"Variables": {"WHO": "f"}},
    )
    assert [[0, "g"], [1, "g"], [2, "g"], [3, "g"], "f"] == functions.answer()


def test_a_function_that_has_removed_its_files_has_them_again(functions):
    functions.make(
        "import os, shutil\ndef handler(e, c):\n    shutil.rmtree(os.getcwd())\n    return e"
    )
    assert [1, 2] == [functions.answer(1), functions.answer(2)]


def test_a_role_that_may_not_log_leaves_no_log(functions, refusal):
    silent = functions.role_that(NOTHING, name="silent")
    functions.make(ECHO, Role=silent)
    assert 1 == functions.answer(1)
    code, _ = refusal(functions.logs.filter_log_events, logGroupName="/aws/lambda/f")
    assert "ResourceNotFoundException" == code


def test_no_code_is_run_unless_the_application_was_made_for_it(functions_with, refusal):
    functions = functions_with(run_functions=False)
    functions.make(ECHO)
    code, message = refusal(functions.client.invoke, FunctionName="f")
    assert "AccessDeniedException" == code
    assert "labkit serve --run-functions" in message
    dry = functions.client.invoke(FunctionName="f", InvocationType="DryRun")
    assert 204 == dry["StatusCode"]
    functions.client.invoke(FunctionName="f", InvocationType="Event")
    assert "--run-functions" in functions.lines()[0]


def test_an_event_that_fails_is_tried_twice_more(functions, caplog):
    functions.make("def handler(e, c):\n    print('tried')\n    raise ValueError(e)")
    answer = functions.client.invoke(FunctionName="f", InvocationType="Event", Payload=b"7")
    assert (202, b"") == (answer["StatusCode"], answer["Payload"].read())
    tried = []
    for passing_s in (0, 60, 120, 1000):
        functions.aws.clock.sleep(passing_s)
        tried.append(functions.printed().count("tried"))
    assert [1, 2, 3, 3] == tried
    assert (
        "[labkit] An event for f was dropped: the function failed 3 times."
        in functions.printed()[-1]
    )
    assert "the function failed 3 times. See /aws/lambda/f." in caplog.text


def test_the_log_says_why_an_answer_was_too_long(functions):
    functions.make("def handler(e, c):\n    print('made', end='')\n    return 'x' * 6_291_555")
    functions.client.invoke(FunctionName="f", InvocationType="Event")
    made, refused = functions.printed()
    assert ("made", "Status: error\tError Type: Runtime.ExitError\n") == (
        made,
        functions.lines()[-1].split("MB\t")[-1],
    )
    assert refused.startswith("[ERROR] [1767603600000] LAMBDA_RUNTIME Failed to post handler")
    assert "Exceeded maximum allowed payload size (6291556 bytes)" in refused


def test_an_event_is_tried_as_often_as_was_chosen(functions, refusal):
    functions.make("def handler(e, c):\n    print('tried')\n    raise ValueError(e)")
    get = functions.client.get_function_event_invoke_config
    assert "ResourceNotFoundException" == refusal(get, FunctionName="f")[0]
    functions.client.put_function_event_invoke_config(FunctionName="f", MaximumRetryAttempts=0)
    assert 0 == get(FunctionName="f")["MaximumRetryAttempts"]
    functions.client.invoke(FunctionName="f", InvocationType="Event")
    functions.aws.clock.sleep(1000)
    assert 1 == functions.printed().count("tried")
    assert "the function failed once" in functions.printed()[-1]


@pytest.mark.parametrize(
    ("params", "code"),
    [
        ({"Payload": b"{"}, "InvalidRequestContentException"),
        ({"Payload": b'"' + b"x" * 6_300_000 + b'"'}, "RequestTooLargeException"),
        ({"FunctionName": "nobody"}, "ResourceNotFoundException"),
        ({"Qualifier": "7"}, "ResourceNotFoundException"),
        ({"InvocationType": "Never"}, "InvalidParameterValueException"),
    ],
)
def test_an_invocation_that_cannot_be_is_refused(functions, refusal, params, code):
    functions.make(ECHO)
    assert code == refusal(functions.client.invoke, **{"FunctionName": "f", **params})[0]


def test_a_function_with_no_concurrency_is_stopped(functions, refusal):
    functions.make(ECHO)
    functions.client.put_function_concurrency(FunctionName="f", ReservedConcurrentExecutions=0)
    assert "TooManyRequestsException" == refusal(functions.client.invoke, FunctionName="f")[0]


def test_loggers_stay_as_modules_set_them_up_and_write_to_each_invocation(functions):
    source = """
        import logging
        import sys
        logging.getLogger().setLevel(logging.INFO)
        own = logging.getLogger("own")
        if not own.handlers:
            own.addHandler(logging.StreamHandler(sys.stdout))
            own.propagate = False

        def handler(event, context):
            logging.info("root %s", event)
            own.info("own %s", event)
        """
    functions.make(dedent(source))
    for number in (1, 2):
        functions.answer(number)
    functions.client.update_function_configuration(FunctionName="f", Description="anew")
    functions.answer(3)
    told = [line.rsplit("\t", 1)[-1] for line in functions.printed()]
    assert told == ["root 1", "own 1", "root 2", "own 2", "root 3", "own 3"]


def test_what_a_function_has_new_sessions_begin_with_is_its_own_affair(functions):
    source = """
        import botocore

        def begin(session):
            raise RuntimeError("of the function")

        botocore.register_initializer(begin)

        def handler(event, context):
            return 1
        """
    functions.make(dedent(source))
    assert functions.answer() == 1
    botocore.session.Session()


def test_what_a_package_does_to_typing_is_undone_after_each_invocation(functions):
    source = """
        import typing

        def wrong(*args, **kwargs):
            raise RuntimeError("of the function")

        typing.get_type_hints = typing._collect_parameters = wrong

        def handler(event, context):
            return 1
        """
    before = dict(vars(typing))
    functions.make(dedent(source))
    assert functions.answer() == 1
    assert dict(vars(typing)) == before
