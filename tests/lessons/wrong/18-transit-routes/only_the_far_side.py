# outcome: not yet
# says: still leads into the peering
lab.ec2.create_route(
    RouteTableId=lab.find("route-table", "routes-c"),
    DestinationCidrBlock="10.1.0.0/16",
    TransitGatewayId=hub,
)
