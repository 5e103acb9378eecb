"""
Where the files of functions are: a directory for each, all in one that goes when the process does.

A process that is killed leaves its directory behind, and the next one that needs
one clears it away.  Which are in use is told by a lock on each: the kernel lets
go of it when a process ends, however it ends.
"""

from __future__ import annotations

import atexit
import os
import shutil
import sys
import tempfile
import time
from functools import cache
from pathlib import Path
from typing import Final

if sys.platform != "win32":
    import fcntl

PREFIX: Final = "labkit-functions-"
_LOCKED_WITHIN_S: Final = 60.0


def new_directory() -> Path:
    """An empty directory that nobody else has; it goes with the process, if not before."""
    return Path(tempfile.mkdtemp(dir=_of_this_process()))


@cache
def _of_this_process() -> Path:
    clear_left_behind()
    made = Path(tempfile.mkdtemp(prefix=PREFIX))
    _locked(made)
    atexit.register(_remove, made, os.getpid())
    return made


def _remove(directory: Path, owner: int) -> None:
    if os.getpid() == owner:  # and not a child of it, which has its exit handlers, too
        shutil.rmtree(directory, ignore_errors=True)


def clear_left_behind() -> None:
    """Remove the directories of processes that are gone."""
    for each in Path(tempfile.gettempdir()).glob(f"{PREFIX}*"):
        try:
            is_settled = time.time() - each.stat().st_mtime > _LOCKED_WITHIN_S
            descriptor = _locked(each) if is_settled else None
        except OSError:  # somebody else's, or gone already
            continue
        if descriptor is not None:
            shutil.rmtree(each, ignore_errors=True)
            os.close(descriptor)


def _locked(directory: Path) -> int | None:
    """
    What keeps a directory locked until it is closed; None if another process has it.

    Windows has no such locks: there, what is left behind stays.
    """
    if sys.platform == "win32":
        return None
    descriptor = os.open(directory, os.O_RDONLY)
    try:
        fcntl.flock(descriptor, fcntl.LOCK_EX | fcntl.LOCK_NB)
    except BlockingIOError:
        os.close(descriptor)
        return None
    return descriptor
