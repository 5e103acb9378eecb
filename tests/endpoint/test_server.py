"""The door over HTTP: how it opens and closes, what it makes of junk, and many clients at once."""

from __future__ import annotations

import signal
import socket
import subprocess
import sys
import threading
import time
from concurrent.futures import ThreadPoolExecutor
from typing import TYPE_CHECKING, Any

import boto3
import pytest
from botocore.config import Config

from labkit.endpoint.application import EmbeddedAws
from labkit.endpoint.clock import WallClock
from labkit.endpoint.server import serve
from labkit.endpoint.settings import Settings
from labkit.errors import EndpointError

if TYPE_CHECKING:
    from collections.abc import Iterator

    from labkit.endpoint.server import Server

CLIENTS = 30
ROUNDS = 3


@pytest.fixture(scope="module")
def server() -> Iterator[Server]:
    """A server on a free port, on the wall clock."""
    server = serve(EmbeddedAws(Settings(delivery="instant"), WallClock()), port=0)
    thread = threading.Thread(target=server.serve_forever, daemon=True)
    thread.start()
    yield server
    server.shutdown()
    thread.join(timeout=10)


def address(server: Server) -> tuple[str, int]:
    host, _, port = server.url.removeprefix("http://").partition(":")
    return host, int(port)


def raw(server: Server, request: bytes) -> bytes:
    """What comes back for bytes that are all a client ever sends."""
    with socket.create_connection(address(server), timeout=10) as connection:
        connection.sendall(request)
        connection.shutdown(socket.SHUT_WR)
        return b"".join(iter(lambda: connection.recv(65536), b""))


@pytest.mark.parametrize(
    ("request_", "status"),
    [
        (b"nonsense\r\n\r\n", b"400"),
        (b"GET http://[::1 HTTP/1.1\r\nHost: x\r\n\r\n", b"400"),
        (b"POST / HTTP/1.1\r\nHost: x\r\nContent-Length: 99\r\n\r\nshort", b"400"),
        (b"POST / HTTP/1.1\r\nHost: x\r\nTransfer-Encoding: chunked\r\n\r\nzz\r\n", b"400"),
        (b"POST / HTTP/1.1\r\nHost: x\r\nContent-Length: 99999999999\r\n\r\n", b"413"),
        (b"BREW / HTTP/1.1\r\nHost: \xff\r\n\r\n", b"403"),
        (b"GET /" + b"x" * 70_000 + b" HTTP/1.1\r\nHost: x\r\n\r\n", b"414"),
    ],
)
def test_junk_gets_an_answer_and_the_next_client_too(
    server: Server, capfd: Any, request_: bytes, status: bytes
):
    assert status in raw(server, request_)[:400]
    assert b'"status": "ok"' in raw(server, b"GET /_labkit/health HTTP/1.1\r\nHost: x\r\n\r\n")
    assert "Traceback" not in capfd.readouterr().err


@pytest.mark.parametrize(
    ("host", "reason"),
    [("127.0.0.1", "is taken"), ("203.0.113.1", "Cannot listen on 203.0.113.1")],
)
def test_a_place_that_cannot_be_had_says_what_to_do(
    server: Server, capfd: Any, host: str, reason: str
):
    with pytest.raises(EndpointError, match=rf"{reason}.*labkit serve --"):
        serve(EmbeddedAws(), host, address(server)[1])
    assert capfd.readouterr().err == ""


@pytest.mark.skipif(sys.platform == "win32", reason="Windows has no signals to end a process by")
def test_the_command_says_when_it_is_ready_and_ends_when_told_to():
    command = [sys.executable, "-m", "labkit", "serve", "--port", "0"]
    told = (signal.SIGINT, signal.SIGTERM)
    started = [subprocess.Popen(command, stdout=subprocess.PIPE, text=True) for _ in told]
    for process, ended_by in zip(started, told, strict=True):
        ready = process.stdout.readline()  # type: ignore[union-attr]
        process.send_signal(ended_by)
        rest, _ = process.communicate(timeout=60)
        assert ready.startswith("labkit endpoint ready: http://127.0.0.1:")
        assert rest.endswith("Stopped. Everything it held is gone.\n")
        assert process.returncode == 0


def client(server: Server) -> Any:
    return boto3.client(
        "logs",
        endpoint_url=server.url,
        region_name="us-east-1",
        aws_access_key_id="lab",
        aws_secret_access_key="lab",
        config=Config(retries={"total_max_attempts": 1}, read_timeout=60),
    )


def count(logs: Any, *groups: str) -> int:
    """How many events a query finds in groups."""
    now = int(time.time())
    query = logs.start_query(
        logGroupNames=groups, startTime=now - 3600, endTime=now, queryString="stats count(*) as n"
    )
    answer = logs.get_query_results(queryId=query["queryId"])
    assert answer["status"] == "Complete"
    return int(answer["results"][0][0]["value"]) if answer["results"] else 0


def test_many_clients_at_once_each_get_their_own_right_answers(server: Server):
    shared = "/shared"
    first = client(server)
    first.create_log_group(logGroupName=shared)

    def work(number: int) -> list[int]:
        logs, own = client(server), f"/own/{number}"
        logs.create_log_group(logGroupName=own)
        for group in (own, shared):
            logs.create_log_stream(logGroupName=group, logStreamName=str(number))
        counts = []
        for part in range(1, ROUNDS + 1):
            now_ms = int(time.time() * 1000)
            events = [{"timestamp": now_ms, "message": f"{number} {n}"} for n in range(part)]
            for group in (own, shared):
                logs.put_log_events(logGroupName=group, logStreamName=str(number), logEvents=events)
            counts.append(count(logs, own))
            assert count(logs, own, shared) >= 2 * counts[-1]
        return counts

    with ThreadPoolExecutor(CLIENTS) as pool:
        counts = list(pool.map(work, range(CLIENTS)))
    assert counts == [[1, 3, 6]] * CLIENTS
    assert count(first, shared) == 6 * CLIENTS


def test_a_queue_is_at_the_address_that_its_maker_used(server: Server):
    def sqs(endpoint_url: str) -> Any:
        return boto3.client(
            "sqs",
            endpoint_url=endpoint_url,
            region_name="us-east-1",
            aws_access_key_id="labkit",
            aws_secret_access_key="labkit",
        )

    ours = sqs(server.url)
    url = ours.create_queue(QueueName="inbox")["QueueUrl"]
    assert url == f"{server.url}/123456789012/inbox"
    assert ours.get_queue_url(QueueName="inbox")["QueueUrl"] == url
    assert ours.list_queues()["QueueUrls"] == [url]

    sqs(url).send_message(QueueUrl=url, MessageBody="sent where the URL says, as many SDKs do")
    at_aws = "https://sqs.us-east-1.amazonaws.com/123456789012/inbox"
    assert len(ours.receive_message(QueueUrl=at_aws)["Messages"]) == 1
