"""``labkit query``: Logs Insights QL over flow log files."""

from __future__ import annotations

import click


@click.command()
@click.argument("query")
@click.argument("files", nargs=-1, required=True, type=click.Path(exists=True, dir_okay=False))
@click.option(
    "--format",
    "form",
    type=click.Choice(["table", "csv", "json"]),
    default="table",
    show_default=True,
)
def query(query: str, files: tuple[str, ...], form: str) -> None:
    """Run QUERY (Logs Insights QL) over flow log FILES."""
