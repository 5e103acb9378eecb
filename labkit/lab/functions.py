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
    """
    texts = [textwrap.dedent(inspect.getsource(each)).strip() for each in functions]
    return "\n\n\n".join([textwrap.dedent(head).strip(), *texts]).strip() + "\n"


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
