"""The one place that joins a cloud to a Lab: embedded, an AWS account, or any endpoint URL."""

from __future__ import annotations

from labkit.session.lab import REGION, Cloud, Lab, PatientClock, serve

__all__ = ["REGION", "Cloud", "Lab", "PatientClock", "serve"]
