"""
Kernels that start warm: forked from a process that has loaded what every lesson loads.

A kernel spends seconds on imports before a lesson's first cell, the same
seconds for each lesson. Here one process spends them once, and every kernel
begins as its copy: with the modules loaded, and nothing else. It still has
an interpreter, a namespace and a lab of its own. Only on Linux: elsewhere a
fork of a process that has loaded graphical or numerical libraries is not safe.

The copy is made before papermill starts, because a process with an event loop
and sockets does not copy well. Until papermill wants a kernel it waits.
"""

from __future__ import annotations

import json
import os
import signal
import sys
import traceback
from contextlib import redirect_stdout, suppress
from functools import cache
from io import StringIO
from pathlib import Path
from typing import TYPE_CHECKING, Any, Final
from uuid import uuid4

from jupyter_client.manager import AsyncKernelManager
from jupyter_client.provisioning.local_provisioner import LocalProvisioner

if TYPE_CHECKING:
    from jupyter_client.connect import KernelConnectionInfo
    from nbconvert import HTMLExporter

POSSIBLE: Final = sys.platform == "linux"


def warm_up() -> None:
    """
    Load what lessons load, in this process, without leaving a thread or a socket behind.

    A lab is built, drawn and thrown away: that reads the service descriptions
    of boto3, the templates of moto and the fonts of Matplotlib into memory. No
    query is run, since DuckDB starts threads.
    """
    os.environ.setdefault("OPENBLAS_NUM_THREADS", "1")
    import duckdb  # noqa: F401, PLC0415
    import ipykernel.debugger  # noqa: PLC0415  the slowest import of a kernel
    import ipykernel.kernelapp  # noqa: F401, PLC0415
    import IPython.extensions.storemagic  # noqa: F401, PLC0415
    import pandas as pd  # noqa: PLC0415
    import papermill  # noqa: F401, PLC0415
    from nbformat.v4 import new_code_cell, new_markdown_cell, new_notebook  # noqa: PLC0415

    from labkit.insights.engine import check  # noqa: PLC0415
    from labkit.session import Lab  # noqa: PLC0415
    from labkit.view import charts  # noqa: PLC0415

    with redirect_stdout(StringIO()):
        lab = Lab.open(through="flow_logs")
    lab.draw()
    check("fields srcAddr | limit 1")
    charts.rejected_by_source(pd.DataFrame({"srcAddr": ["10.1.1.10"], "numRejections": [1]}))
    page = new_notebook(cells=[new_markdown_cell("# Page"), new_code_cell("page = 1")])  # type: ignore[no-untyped-call]
    html_exporter().from_notebook_node(page)


@cache
def html_exporter() -> HTMLExporter:
    """nbconvert's; it compiles its templates when it is first used."""
    from nbconvert import HTMLExporter  # noqa: PLC0415  heavy, and only needed here

    return HTMLExporter()


class Copy:
    """
    A copy of this process that waits until it is told which kernel to be.

    Offers what jupyter_client uses of ``subprocess.Popen``.
    """

    stdin = stdout = stderr = None

    def __init__(self) -> None:
        orders, self._orders = os.pipe()
        self.returncode: int | None = None
        self.pid = os.fork()
        if self.pid == 0:
            os.close(self._orders)
            _wait_and_become_kernel(orders)
        os.close(orders)

    def become_kernel(self, arguments: list[str], env: dict[str, str], cwd: str) -> None:
        """Go on as the kernel that a command line, an environment and a folder describe."""
        with os.fdopen(self._orders, "w") as pipe:
            json.dump({"arguments": arguments, "env": env, "cwd": cwd}, pipe)

    def poll(self) -> int | None:
        if self.returncode is None:
            pid, status = os.waitpid(self.pid, os.WNOHANG)
            if pid:
                self.returncode = os.waitstatus_to_exitcode(status)
        return self.returncode

    def wait(self) -> int:
        if self.returncode is None:
            _, status = os.waitpid(self.pid, 0)
            self.returncode = os.waitstatus_to_exitcode(status)
        return self.returncode

    def send_signal(self, number: int) -> None:
        os.kill(self.pid, number)

    def terminate(self) -> None:
        self.send_signal(signal.SIGTERM)

    def kill(self) -> None:
        self.send_signal(signal.SIGKILL)


def _wait_and_become_kernel(orders: int) -> None:
    """Never returns: nothing of what this process was copied from may run on in it."""
    os.setsid()
    status = 1
    with os.fdopen(orders) as pipe:
        text = pipe.read()
    with suppress(SystemExit):
        try:
            if text:
                _be_kernel(**json.loads(text))
            status = 0
        except Exception:  # noqa: BLE001  it has nowhere else to go
            traceback.print_exc(file=sys.__stderr__)
    os._exit(status)


def _be_kernel(arguments: list[str], env: dict[str, str], cwd: str) -> None:
    from ipykernel.kernelapp import IPKernelApp  # noqa: PLC0415

    os.environ.clear()
    os.environ.update(env)
    os.chdir(cwd)
    kernel: Any = IPKernelApp.instance(parent_handle=os.getppid())
    kernel.initialize(arguments)
    kernel.start()


def manager_of(copy: Copy) -> type[AsyncKernelManager]:
    """A kernel manager that lets *copy* be the kernel instead of starting one."""

    class Provisioner(LocalProvisioner):
        async def launch_kernel(self, cmd: list[str], **kwargs: Any) -> KernelConnectionInfo:  # noqa: ANN401  as jupyter_client declares it
            arguments = cmd[cmd.index("-f") :]
            copy.become_kernel(arguments, kwargs["env"], kwargs.get("cwd") or str(Path.cwd()))
            self.process = copy  # type: ignore[assignment]  # as much of Popen as is used
            self.pid = self.pgid = copy.pid
            return self.connection_info

    class Manager(AsyncKernelManager):
        def __init__(self, **kw: Any) -> None:  # noqa: ANN401  traits of any type
            super().__init__(**kw)
            self.transport_encryption = "auto"  # ipykernel warns of sockets without
            # Of two kernels that start at once, both may find the same port free.  Sockets by a
            # name of their own, which Linux keeps apart from files (@), cannot be taken.
            self.transport, self.ip = "ipc", f"@labkit-{uuid4()}"

        async def _async_pre_start_kernel(self, **kw: Any) -> tuple[list[str], dict[str, Any]]:  # noqa: ANN401  as jupyter_client declares it
            self.kernel_id = self.kernel_id or f"warm-{copy.pid}"
            self.provisioner = Provisioner(
                kernel_id=self.kernel_id, kernel_spec=self.kernel_spec, parent=self
            )
            return await super()._async_pre_start_kernel(**kw)

    return Manager
