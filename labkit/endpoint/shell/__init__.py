"""
The command line of a simulated Linux host: words in, output and exit code out.

Nothing here starts a process.  A command is a Python function that knows what
the program of that name would print; a word without such a function is a clear
failure.  The programs are those of Amazon Linux 2023 (iputils ping,
traceroute, curl, iproute2) and OpenBSD's nc, which scans port ranges.
"""

from labkit.endpoint.shell.script import Output, run

__all__ = ["Output", "run"]
