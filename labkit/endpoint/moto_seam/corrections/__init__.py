"""
What moto's objects say wrongly, said rightly while an application is at work.

A correction stands in for one attribute of one of moto's classes.  It acts
only within :func:`labkit.endpoint.moto_seam.isolation.active`, so moto stays
as it is for anybody else in the process.
"""

from labkit.endpoint.moto_seam.corrections import (  # noqa: F401  loading them puts them in place
    dhcp_options,
    images,
    interfaces,
    nat_gateways,
    peerings,
    public_addresses,
    queue_policies,
    resource_ids,
    routes,
    tags,
    transit_gateways,
    vpcs,
)
