"""
labkit: build two peered VPCs, break them on purpose, and find out why from the evidence.

Notebooks need one name::

    from labkit import Lab
    lab = Lab.open(through="routes")

It loads on first use, so ``import labkit`` costs next to nothing.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from labkit.session import Lab

__all__ = ["Lab", "__version__"]

__version__ = "0.1.0"


def __getattr__(name: str) -> object:
    if name == "Lab":
        from labkit.session import Lab  # noqa: PLC0415  loading boto3 waits until it is needed

        return Lab
    raise AttributeError(f"module 'labkit' has no attribute {name!r}")
