"""``labkit serve``: the embedded AWS on a loopback port, for the AWS CLI and every SDK."""

from __future__ import annotations

import click

from labkit.session import serve as start


@click.command()
@click.option("--host", default="127.0.0.1", show_default=True, help="Address to listen on.")
@click.option("--port", default=4566, show_default=True, type=click.IntRange(0, 65535))
@click.option(
    "--delivery",
    type=click.Choice(["instant", "realistic"]),
    default="instant",
    show_default=True,
    help="When flow records appear: at once, or after AWS's windows and delays.",
)
@click.option("--region", default="us-east-1", show_default=True)
@click.option("--seed", default=0, show_default=True, help="Decides every id.")
@click.option(
    "--unroutable-egress",
    type=click.Choice(["omit", "accept"]),
    default="omit",
    show_default=True,
    help="Whether a packet without a route leaves an ACCEPT row at its sender.",
)
def serve(host: str, port: int, **settings: str | int) -> None:
    """Serve the embedded AWS until Ctrl-C."""
    server = start(host, port, **settings)
    click.echo(f"labkit endpoint ready: {server.url}")
    click.echo(f"Try: aws --endpoint-url {server.url} ec2 describe-vpcs")
    try:
        server.serve_forever()
    except KeyboardInterrupt:
        click.echo("Stopped. Everything it held is gone.")
    finally:
        server.shutdown()
