"""A lab on some cloud, through boto3 and nothing else."""

from __future__ import annotations

from labkit.lab.cloud_lab import Clock, CloudLab
from labkit.lab.commands import CommandResult, PingResult
from labkit.lab.tags import Tags

__all__ = ["Clock", "CloudLab", "CommandResult", "PingResult", "Tags"]
