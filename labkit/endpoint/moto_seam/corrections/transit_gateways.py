"""Transit gateways: moto enters each attachment in the default route table, be there one or not."""

# ruff: noqa: ANN401  moto's objects are untyped, its signatures given

from __future__ import annotations

from typing import Any

from moto.ec2.models.transit_gateway_route_tables import TransitGatewayRouteTableBackend

from labkit.endpoint.moto_seam.corrections.substitution import instead_of


@instead_of(TransitGatewayRouteTableBackend, "set_route_table_association")
def _associate(
    original: Any, ec2: Any, transit_gateway_attachment_id: str, transit_gateway_route_table_id: str
) -> None:
    if transit_gateway_route_table_id in ec2.transit_gateways_route_tables:
        original(transit_gateway_attachment_id, transit_gateway_route_table_id)
