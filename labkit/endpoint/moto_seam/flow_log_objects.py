"""Flow logs among moto's own objects, where tags and CloudFormation find them too."""

from __future__ import annotations

from typing import TYPE_CHECKING

from moto.ec2.models.flow_logs import FlowLogs
from moto.ec2.utils import random_flow_log_id

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping

    from labkit.endpoint.operations import MotoObject


def add(backend: MotoObject, attributes: Mapping[str, object]) -> str:
    """
    The id of a new flow log with *attributes*, entered in *backend*.

    Args:
        backend: moto's EC2 backend of the region.
        attributes: Values by moto's names, id and backend excepted.
    """
    flow_log_id = str(random_flow_log_id())
    make: Callable[..., MotoObject] = FlowLogs
    backend.flow_logs[flow_log_id] = make(
        ec2_backend=backend, flow_log_id=flow_log_id, **attributes
    )
    return flow_log_id
