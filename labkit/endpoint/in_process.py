"""
The door without sockets or threads: clients of one boto3 session reach the application directly.

botocore asks its ``before-send`` handlers for a response before it opens a
connection.  Ours always has one.
"""

from __future__ import annotations

from io import BytesIO
from typing import TYPE_CHECKING, Any, TypeAlias

from botocore.awsrequest import AWSResponse

from labkit.patience import uninterrupted

if TYPE_CHECKING:
    from collections.abc import Iterator

    from boto3.session import Session
    from botocore.awsrequest import AWSPreparedRequest

    from labkit.endpoint.application import EmbeddedAws
    from labkit.endpoint.wire import Response

Parts: TypeAlias = "tuple[str, str, dict[str, str], bytes]"
"""Method, URL, headers and body of a request."""


def attach(aws: EmbeddedAws, session: Session) -> None:
    """
    Lead all clients made from *session* from now on to *aws*, and only those.

    Give the session a region and any credentials, or botocore looks for them
    on the machine and the network.
    """
    door = Door(aws)
    session.events.register_first("before-send", door.answer, unique_id="labkit-endpoint")


class Door:
    """
    What answers in the place of a connection.

    Args:
        aws: The application it leads to.
    """

    def __init__(self, aws: EmbeddedAws) -> None:
        self.aws = aws

    def answer(self, request: AWSPreparedRequest, **_: object) -> AWSResponse:
        """The application's answer to a request of botocore's; nothing stops it half-way."""
        with uninterrupted():
            return sent_back(request, self.aws.handle(*parts_of(request)))


def parts_of(request: AWSPreparedRequest) -> Parts:
    """What a request is made of."""
    headers = {name: _text(value) for name, value in request.headers.items()}
    return request.method, request.url, headers, _bytes(request.body)


def sent_back(request: AWSPreparedRequest, response: Response) -> AWSResponse:
    """A response as botocore takes it."""
    return AWSResponse(request.url, response.status, response.headers, _Body(response.body))


class _Body(BytesIO):
    """A response body as botocore reads one."""

    def stream(self, amt: int = 65536, **_: object) -> Iterator[bytes]:
        while chunk := self.read(amt):
            yield chunk


def _text(value: Any) -> str:  # noqa: ANN401  botocore signs with str or bytes
    return value.decode() if isinstance(value, bytes) else str(value)


def _bytes(body: Any) -> bytes:  # noqa: ANN401  None, text, bytes or a file
    if body is None:
        return b""
    if isinstance(body, str):
        return body.encode()
    if hasattr(body, "read"):
        return _bytes(body.read())
    return bytes(body)
