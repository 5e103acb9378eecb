"""
The ``labkit`` command: each subcommand is a few lines around a function elsewhere.

Errors meant for people are printed as such, with exit code 1 and no traceback.
"""

from __future__ import annotations

import sys
from typing import Any

import click
from botocore.exceptions import BotoCoreError, ClientError

import labkit
from labkit.cli.clean import clean
from labkit.cli.doctor import doctor
from labkit.cli.grade import grade
from labkit.cli.lab import lab
from labkit.cli.query import query
from labkit.cli.run import run
from labkit.cli.serve import serve
from labkit.errors import LabError


class _Labkit(click.Group):
    """The command group, with labkit's own errors and those of a cloud shown as one message."""

    def invoke(self, ctx: click.Context) -> Any:  # noqa: ANN401  as click declares it
        try:
            return super().invoke(ctx)
        except (LabError, BotoCoreError, ClientError) as error:
            click.echo(f"labkit: {error}", err=True)
            sys.exit(1)


@click.group(cls=_Labkit, context_settings={"help_option_names": ["-h", "--help"]})
@click.version_option(labkit.__version__, prog_name="labkit")
def main() -> None:
    """A workbook that makes cloud networking click."""


for _command in (lab, run, grade, serve, query, doctor, clean):
    main.add_command(_command)
