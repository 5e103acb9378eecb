"""
Functions of a notebook, packed for AWS Lambda: source text in, a zip file out.

What is packed is text, so it arrives on any cloud as it stands in the notebook.
"""

from __future__ import annotations

import inspect
import io
import textwrap
import zipfile
from typing import TYPE_CHECKING, Final

from labkit.errors import LabError

if TYPE_CHECKING:
    from collections.abc import Callable

MODULE: Final = "function"
"""The name of the one module in a package; ``function.handler`` names a handler in it."""

# The earliest date a zip file knows, so that the same source makes the same bytes.
_NEVER: Final = (1980, 1, 1, 0, 0, 0)
_READABLE: Final = 0o644 << 16


def source_of(*functions: Callable[..., object], head: str = "") -> str:
    """
    The text of a module that holds some functions.

    Args:
        functions: Functions written in a file or in a notebook's cells.
        head: What comes before them: imports, constants.

    Raises:
        LabError: The text of one of them cannot be found.
    """
    texts = [textwrap.dedent(_text(each)).strip() for each in functions]
    return "\n\n\n".join([textwrap.dedent(head).strip(), *texts]).strip() + "\n"


def _text(function: Callable[..., object]) -> str:
    try:
        return inspect.getsource(function)
    except (TypeError, OSError) as error:
        raise LabError(
            f"A {type(function).__name__} has no source text that could be packed. Name functions "
            "that are written with `def` in a cell or a file, without calling them."
        ) from error


def package(source: str) -> bytes:
    """
    A zip file with one module, as CreateFunction takes it.

    >>> package("x = 1") == package("x = 1")
    True
    """
    content = io.BytesIO()
    with zipfile.ZipFile(content, "w") as archive:
        entry = zipfile.ZipInfo(f"{MODULE}.py", _NEVER)
        entry.external_attr = _READABLE
        archive.writestr(entry, source)
    return content.getvalue()
