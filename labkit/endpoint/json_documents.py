"""Documents of JSON within requests: policies, state data, messages by protocol."""

from __future__ import annotations

import json
from typing import Any


def loaded(text: str) -> Any:  # noqa: ANN401  JSON of a caller's
    """
    What a document says.

    Raises:
        json.JSONDecodeError: It is no JSON, or nested deeper than Python can follow.
    """
    try:
        return json.loads(text)
    except RecursionError:
        raise json.JSONDecodeError("Nested too deeply", text, 0) from None
