"""Whether somebody sits at a page that can show widgets."""

from __future__ import annotations

import os
import sys
from typing import Any, Final

SWITCH: Final = "LABKIT_WIDGETS"


def page_is_live() -> bool:
    """
    Whether the running cell was sent by a notebook page, and not by a program.

    JupyterLab, Notebook and VS Code name the cell in the metadata of their
    execute request; papermill, nbclient and nbval send none. Programs get still
    views, so that saved notebooks hold no state of widgets and no random ids.
    The environment variable LABKIT_WIDGETS, ``on`` or ``off``, has the last word.

    Source:
        ipykernel, ``Kernel.execute_request``: it reads ``metadata["cellId"]``.
    """
    choice = os.environ.get(SWITCH)
    return choice == "on" if choice in ("on", "off") else "cellId" in _request_metadata()


def _request_metadata() -> dict[str, Any]:
    # Only where IPython runs already: loading it here would say nothing about a page.
    ipython = sys.modules.get("IPython")
    shell = ipython.get_ipython() if ipython else None
    kernel = getattr(shell, "kernel", None)
    if kernel is None:
        return {}
    metadata: dict[str, Any] = kernel.get_parent().get("metadata", {})
    return metadata
