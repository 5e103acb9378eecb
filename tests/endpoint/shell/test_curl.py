"""Web servers reached, refused and missed."""

from __future__ import annotations

from typing import Any

import pytest


def test_a_web_server_answers(instant: Any):
    instant.run("python3 -m http.server 80 &", on="b")
    shown = instant.run("curl -s http://10.2.1.10/")
    assert shown["ResponseCode"] == 0
    assert "<title>Directory listing for /</title>\n" in shown["StandardOutputContent"]
    head = instant.run("curl -sI 10.2.1.10")["StandardOutputContent"]
    assert head.startswith("HTTP/1.0 200 OK\n")
    code = instant.run("curl -s -o /dev/null -w '%{http_code}\\n' http://10.2.1.10/index.html")
    assert code["StandardOutputContent"] == "200\n"


def test_a_connection_leaves_both_directions_in_the_records(instant: Any):
    instant.run("python3 -m http.server 80 &", on="b")
    instant.flow_log(LogFormat="${srcaddr} ${packets} ${tcp-flags} ${action}")
    instant.run("curl -s http://10.2.1.10/")
    assert sorted(instant.messages()) == 2 * ["10.1.1.10 5 3 ACCEPT"] + 2 * [
        "10.2.1.10 3 19 ACCEPT"
    ]


@pytest.mark.parametrize(
    ("arguments", "code", "message"),
    [
        ("http://10.2.1.10:81/", 7, "curl: (7) Failed to connect to 10.2.1.10 port 81 after 0 ms"),
        ("-m 3 http://10.2.1.99/", 28, "curl: (28) Connection timed out after 3000 milliseconds"),
        (
            "http://10.2.1.99/",
            28,
            "curl: (28) Failed to connect to 10.2.1.99 port 80 after 127000 ms",
        ),
        ("http://nowhere.example/", 6, "curl: (6) Could not resolve host: nowhere.example"),
        ("http://10.2.1.10:22/", 1, "curl: (1) Received HTTP/0.9 when not allowed"),
        ("https://10.2.1.10/", 127, "not simulated: curl https:// (only http:// is)"),
        ("-X POST http://10.2.1.10/", 127, "not simulated: curl -X"),
        ("-o page http://10.2.1.10/", 127, "not simulated: curl -o page"),
        ("", 2, "curl: try 'curl --help'"),
    ],
)
def test_a_failure_has_curls_code_and_words(instant: Any, arguments: str, code: int, message: str):
    shown = instant.run(f"curl {arguments}")
    assert shown["ResponseCode"] == code
    assert shown["StandardErrorContent"].startswith(message)


def test_a_silent_failure_says_nothing(instant: Any):
    shown = instant.run("curl -s -w '%{http_code}' http://10.2.1.10:81/")
    assert shown["StandardErrorContent"] == "failed to run commands: exit status 7"
    assert shown["StandardOutputContent"] == "000\n"
