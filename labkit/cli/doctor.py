"""``labkit doctor``: is everything here that the workbook needs?"""

from __future__ import annotations

import sys
from importlib import metadata
from typing import TYPE_CHECKING, Final

import click

from labkit.errors import LabError
from labkit.session import Lab
from labkit.workbook import notebooks_folder

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

_PYTHON: Final = (3, 11)


@click.command()
def doctor() -> None:
    """Check this machine, piece by piece; exit 1 if something is missing."""
    failures = 0
    for name, check in _CHECKS.items():
        problem = check()
        failures += problem is not None
        click.echo(f"{'x' if problem else 'ok':>2}  {name}" + (f": {problem}" if problem else ""))
    if failures:
        sys.exit(1)


def _python() -> str | None:
    if sys.version_info >= _PYTHON:
        return None
    return f"this is Python {sys.version.split()[0]}; install 3.11 or newer"


def _packages() -> str | None:
    missing = list(_missing())
    return f"not installed: {', '.join(missing)}; run: make setup" if missing else None


def _missing() -> Iterator[str]:
    from packaging.requirements import Requirement  # noqa: PLC0415  only needed here

    for line in metadata.requires("labkit") or ():
        requirement = Requirement(line)
        if requirement.marker and not requirement.marker.evaluate({"extra": ""}):
            continue
        try:
            version = metadata.version(requirement.name)
        except metadata.PackageNotFoundError:
            yield requirement.name
            continue
        if not requirement.specifier.contains(version, prereleases=True):
            yield f"{requirement} (found {version})"


def _notebooks() -> str | None:
    try:
        notebooks_folder()
    except LabError as error:
        return str(error)
    return None


def _lab() -> str | None:
    """Whether the embedded AWS answers: a VPC made, and found again."""
    lab = Lab.open()
    lab.ec2.create_vpc(CidrBlock="10.1.0.0/16")
    found = len(
        lab.ec2.describe_vpcs(Filters=[{"Name": "cidr", "Values": ["10.1.0.0/16"]}])["Vpcs"]
    )
    return None if found == 1 else f"the embedded AWS made {found} VPCs instead of 1"


_CHECKS: Final[dict[str, Callable[[], str | None]]] = {
    "Python 3.11 or newer": _python,
    "packages": _packages,
    "notebooks": _notebooks,
    "embedded AWS": _lab,
}
