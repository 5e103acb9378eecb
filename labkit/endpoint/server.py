"""
The door over HTTP: the same application on a loopback port, for the AWS CLI and any other client.

One thread and one connection for each request; the application itself answers
one call at a time.
"""

from __future__ import annotations

import errno
import json
import socket
from dataclasses import dataclass
from http import HTTPStatus
from importlib.metadata import version
from typing import TYPE_CHECKING, Any, Final

from werkzeug.exceptions import ClientDisconnected, RequestEntityTooLarge
from werkzeug.serving import BaseWSGIServer, WSGIRequestHandler, make_server
from werkzeug.wsgi import get_input_stream

from labkit.endpoint.wire import Response
from labkit.errors import EndpointError

if TYPE_CHECKING:
    from collections.abc import Iterable

    from _typeshed.wsgi import StartResponse, WSGIEnvironment

    from labkit.endpoint.application import EmbeddedAws

HEALTH_PATH: Final = "/_labkit/health"

MOST_BYTES: Final = 1024**3
"""Longest request taken: as much as an object in a lab may have, and no more than memory has."""

_HEADERS: Final = "labkit.headers"


@dataclass(frozen=True)
class Server:
    """
    A bound, listening server.

    Args:
        url: Where it listens, as in ``http://127.0.0.1:4566``.
    """

    url: str
    _wsgi: BaseWSGIServer

    def serve_forever(self) -> None:
        """Answer until Ctrl-C, or until :meth:`shutdown` is called from another thread."""
        self._wsgi.serve_forever()

    def shutdown(self) -> None:
        """Make another thread's :meth:`serve_forever` stop answering, and give the port back."""
        self._wsgi.shutdown()
        self.close()

    def close(self) -> None:
        """Give the port back."""
        self._wsgi.server_close()


def serve(aws: EmbeddedAws, host: str = "127.0.0.1", port: int = 4566) -> Server:
    """
    *aws* on a port, ready for :meth:`Server.serve_forever`.

    Args:
        aws: The application.
        host: Address to bind.
        port: Port to bind; 0 takes any free one.

    Raises:
        EndpointError: The port cannot be had; says what to do.
    """
    family = socket.AF_INET6 if ":" in host else socket.AF_INET
    try:
        # werkzeug would print what is wrong and exit.
        listening = socket.create_server((host, port), family=family)
    except OSError as refused:
        raise EndpointError(_cannot_listen(host, port, refused)) from refused
    with listening:
        server = make_server(
            host,
            port,
            _Application(aws),
            threaded=True,
            request_handler=_Handler,
            fd=listening.fileno(),
        )
    named = f"[{host}]" if family == socket.AF_INET6 else host
    return Server(f"http://{named}:{server.server_address[1]}", server)


def _cannot_listen(host: str, port: int, refused: OSError) -> str:
    if refused.errno == errno.EADDRINUSE:
        return (
            f"Port {port} on {host} is taken. Stop what listens there, or choose another: "
            f"labkit serve --port {port + 1}."
        )
    if refused.errno == errno.EACCES:
        return (
            f"Port {port} is for administrators. Choose one from 1024 on: labkit serve --port 4566."
        )
    return (
        f"Cannot listen on {host} ({refused}). The usual choice is: labkit serve --host 127.0.0.1."
    )


class _Application:
    """The WSGI side of the door."""

    def __init__(self, aws: EmbeddedAws) -> None:
        self._aws = aws

    def __call__(self, environ: WSGIEnvironment, start: StartResponse) -> Iterable[bytes]:
        path = environ["REQUEST_URI"]
        if path.split("?")[0] == HEALTH_PATH:
            response = self._health()
        else:
            response = self._answer(environ, path)
        start(f"{response.status} {HTTPStatus(response.status).phrase}", _sent(response))
        return [response.body]

    def _answer(self, environ: WSGIEnvironment, path: str) -> Response:
        headers: dict[str, str] = environ[_HEADERS]
        url = f"http://{headers.get('host', 'localhost')}{path}"
        try:
            body = get_input_stream(environ, max_content_length=MOST_BYTES).read()
        except RequestEntityTooLarge:
            return _refused(413, f"A request may have {MOST_BYTES} bytes.")
        except (OSError, ClientDisconnected):
            return _refused(400, "The body of the request ended too early, or is damaged.")
        return self._aws.handle(environ["REQUEST_METHOD"], url, headers, body)

    def _health(self) -> Response:
        settings = self._aws.settings
        facts = {
            "status": "ok",
            "version": version("labkit"),
            "account": settings.account_id,
            "region": settings.region,
            "clock": self._aws.clock.now(),
        }
        return Response(200, {"Content-Type": "application/json"}, json.dumps(facts).encode())


def _refused(status: int, message: str) -> Response:
    return Response(status, {"Content-Type": "text/plain"}, message.encode())


class _Handler(WSGIRequestHandler):
    """werkzeug's handler, with all headers kept, and no log lines."""

    protocol_version = "HTTP/1.1"

    def run_wsgi(self) -> None:
        try:
            super().run_wsgi()
        except ValueError as unreadable:  # of urlsplit
            self.send_error(HTTPStatus.BAD_REQUEST, str(unreadable))

    def make_environ(self) -> WSGIEnvironment:
        environ = super().make_environ()
        environ[_HEADERS] = {name.lower(): value for name, value in self.headers.items()}
        return environ

    def log_request(self, code: int | str = "-", size: int | str = "-") -> None:
        """Nothing; werkzeug's own fails on addresses that it cannot read."""

    def log(self, type: str, message: str, *args: Any) -> None:  # noqa: A002, ANN401  werkzeug's
        """Nothing: what a caller wants to see, it prints itself."""


def _sent(response: Response) -> list[tuple[str, str]]:
    headers = {name: value for name, value in response.headers.items() if name.lower() != "date"}
    if not any(name.lower() == "content-length" for name in headers):
        headers["Content-Length"] = str(len(response.body))
    return list(headers.items())
