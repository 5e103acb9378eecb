"""``labkit serve``: the embedded AWS on a loopback port, for the AWS CLI and every SDK."""

from __future__ import annotations

import signal
from contextlib import closing, suppress
from typing import Final

import click

from labkit.session import serve as start

_HINTS: Final = """\
In another terminal, for any AWS client:
  export AWS_ENDPOINT_URL={url} AWS_DEFAULT_REGION={region}
  export AWS_ACCESS_KEY_ID=labkit AWS_SECRET_ACCESS_KEY=labkit
  aws ec2 describe-vpcs
It is up as long as {url}/_labkit/health answers. Ctrl-C stops it."""

_RUNS: Final = "Lambda functions are run: whoever reaches this port runs code with your rights."
_RUNS_NOT: Final = "Lambda functions are kept, but not run; --run-functions would run them."


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
@click.option(
    "--scanners",
    is_flag=True,
    help="Have strangers on the internet knock at public addresses as time passes.",
)
@click.option(
    "--run-functions",
    is_flag=True,
    help="Run the Lambda functions that are sent here, in this process and with its rights.",
)
@click.option(
    "--speed",
    default=1.0,
    show_default=True,
    type=click.FloatRange(1, 3600),
    help="How fast its time runs: with 20, what takes AWS a minute takes three seconds.",
)
def serve(host: str, port: int, *, speed: float, **settings: str | int) -> None:
    """Serve the embedded AWS until Ctrl-C, on the wall clock, for the AWS CLI and every SDK."""
    server = start(host, port, speed=speed, **settings)
    for told_to_end in (signal.SIGINT, signal.SIGTERM):  # shells start jobs that ignore Ctrl-C
        signal.signal(told_to_end, signal.default_int_handler)
    with closing(server), suppress(KeyboardInterrupt):
        click.echo(f"labkit endpoint ready: {server.url}")
        click.echo(_RUNS if settings["run_functions"] else _RUNS_NOT)
        click.echo(_HINTS.format(url=server.url, region=settings["region"]))
        server.serve_forever()
    click.echo("Stopped. Everything it held is gone.")
