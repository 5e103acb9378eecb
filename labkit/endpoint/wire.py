"""What crosses a door: an HTTP request in, an HTTP response out, as plain values."""

from __future__ import annotations

import zlib
from dataclasses import dataclass, field, replace
from functools import cached_property
from typing import TYPE_CHECKING
from urllib.parse import SplitResult, parse_qsl, urlsplit

if TYPE_CHECKING:
    from collections.abc import Mapping

_FORM = "application/x-www-form-urlencoded"
_GZIP_WINDOW = 16 + zlib.MAX_WBITS
_MOST_INFLATED_BYTES = 64 * 1024 * 1024


@dataclass(frozen=True)
class Request:
    """
    One HTTP request.

    Args:
        method: ``GET``, ``POST``, ...
        url: Absolute, still percent-encoded.
        headers: Names in lower case.
        body: As received, after any transfer encoding was undone.
        origin: Scheme and host it was sent to, if `url` has AWS's own in their place.
    """

    method: str
    url: str
    headers: Mapping[str, str]
    body: bytes = b""
    origin: str = ""

    @cached_property
    def split_url(self) -> SplitResult:
        """The URL in its parts."""
        return urlsplit(self.url)

    @cached_property
    def form(self) -> dict[str, str]:
        """The parameters of a query-protocol request, from the URL and a form body together."""
        pairs = parse_qsl(self.split_url.query, keep_blank_values=True)
        if self.headers.get("content-type", "").startswith(_FORM):
            pairs += parse_qsl(self.body.decode(errors="replace"), keep_blank_values=True)
        return dict(pairs)

    def inflated(self) -> Request:
        """
        The request with a body that was sent compressed as it was before.

        SDKs compress large calls of some operations, such as PutMetricData.

        Raises:
            ValueError: The body is not what its ``Content-Encoding`` says, or far too long.
        """
        if self.headers.get("content-encoding") != "gzip":
            return self
        inflater = zlib.decompressobj(_GZIP_WINDOW)
        try:
            body = inflater.decompress(self.body, _MOST_INFLATED_BYTES)
        except zlib.error as damaged:
            raise ValueError(f"The body is not compressed with gzip: {damaged}") from damaged
        if not inflater.eof:
            raise ValueError("The compressed body is cut short, or too long to take.")
        headers = {name: each for name, each in self.headers.items() if name != "content-encoding"}
        return replace(self, headers=headers, body=body)


@dataclass(frozen=True)
class Response:
    """One HTTP response; header names as they go out."""

    status: int
    headers: dict[str, str] = field(default_factory=dict)
    body: bytes = b""

    @property
    def is_error(self) -> bool:
        """Whether the status says that the request failed."""
        return self.status >= 400
