"""``labkit clean``: take a lab off a cloud, by its tag."""

from __future__ import annotations

import click

from labkit.errors import LabError
from labkit.session import Lab


@click.command()
@click.option("--endpoint-url", help="An endpoint such as that of labkit serve.")
@click.option("--aws", is_flag=True, help="Your own AWS account.")
@click.option("--profile", help="Profile of the AWS configuration files.")
@click.option("--region", default="us-east-1", show_default=True)
@click.option("--name", default="labkit", show_default=True, help="The lab's tag value.")
def clean(
    endpoint_url: str | None, *, aws: bool, profile: str | None, region: str, name: str
) -> None:
    """Remove everything a lab left behind."""
    if aws == bool(endpoint_url):
        raise click.UsageError("Say where: --aws, or --endpoint-url URL (one of the two).")
    lab = Lab.open(
        cloud="aws" if aws else "embedded",
        endpoint_url=endpoint_url,
        region=region,
        profile=profile,
        name=name,
    )
    left = {kind: count for kind, count in lab.teardown().items() if count}
    if left:
        raise LabError(f"Still there: {left}. Run the command again in a minute.")
    click.echo("0 resources left.")
