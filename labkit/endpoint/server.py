"""
The door over HTTP: the same application on a loopback port, for the AWS CLI and any other client.

One thread and one connection for each request; the application itself answers
one call at a time.
"""

from __future__ import annotations

import json
from dataclasses import dataclass
from importlib.metadata import version
from typing import TYPE_CHECKING, Any, Final

from werkzeug.serving import BaseWSGIServer, WSGIRequestHandler, make_server
from werkzeug.wsgi import get_input_stream

from labkit.endpoint.wire import Response
from labkit.errors import EndpointError

if TYPE_CHECKING:
    from collections.abc import Iterable

    from _typeshed.wsgi import StartResponse, WSGIEnvironment

    from labkit.endpoint.application import EmbeddedAws

HEALTH_PATH: Final = "/_labkit/health"
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
        """Answer until :meth:`shutdown`, called from another thread or a signal handler's."""
        self._wsgi.serve_forever()

    def shutdown(self) -> None:
        """Stop answering and give the port back."""
        self._wsgi.shutdown()
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
    try:
        server = make_server(host, port, _Application(aws), threaded=True, request_handler=_Handler)
    except (OSError, SystemExit) as taken:
        raise EndpointError(
            f"Port {port} on {host} cannot be opened ({taken}). "
            f"Stop what listens there, or choose another: labkit serve --port {port + 1}."
        ) from taken
    return Server(f"http://{host}:{server.server_port}", server)


class _Application:
    """The WSGI side of the door."""

    def __init__(self, aws: EmbeddedAws) -> None:
        self._aws = aws

    def __call__(self, environ: WSGIEnvironment, start: StartResponse) -> Iterable[bytes]:
        path = environ["REQUEST_URI"]
        if path.split("?")[0] == HEALTH_PATH:
            response = self._health()
        else:
            headers: dict[str, str] = environ[_HEADERS]
            url = f"http://{headers.get('host', 'localhost')}{path}"
            body = get_input_stream(environ).read()
            response = self._aws.handle(environ["REQUEST_METHOD"], url, headers, body)
        start(f"{response.status} {'Error' if response.is_error else 'OK'}", _sent(response))
        return [response.body]

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


class _Handler(WSGIRequestHandler):
    """werkzeug's handler, with all headers kept, and no log lines."""

    protocol_version = "HTTP/1.1"

    def make_environ(self) -> WSGIEnvironment:
        environ = super().make_environ()
        environ[_HEADERS] = {name.lower(): value for name, value in self.headers.items()}
        return environ

    def log(self, type: str, message: str, *args: Any) -> None:  # noqa: A002, ANN401  werkzeug's
        """Nothing: what a caller wants to see, it prints itself."""


def _sent(response: Response) -> list[tuple[str, str]]:
    headers = {name: value for name, value in response.headers.items() if name.lower() != "date"}
    if not any(name.lower() == "content-length" for name in headers):
        headers["Content-Length"] = str(len(response.body))
    return list(headers.items())
