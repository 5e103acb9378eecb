"""How nbval reaches its kernels: by sockets of a name that no other kernel has taken."""

from __future__ import annotations

import sys
from uuid import uuid4

import nbval.kernel
from jupyter_client.manager import KernelManager


class _OnNamedSockets(KernelManager):
    """Two kernels that start at once may find the same port free; a name is one kernel's own."""

    def __init__(self, **kw):
        super().__init__(**kw)
        self.transport, self.ip = "ipc", f"@labkit-{uuid4()}"


if sys.platform == "linux":  # the only system that keeps such names apart from files
    nbval.kernel.KernelManager = _OnNamedSockets
