# Two calls: replace_route on this side, create_route on the other.
lab.ec2.replace_route(**to_c, TransitGatewayId=hub)
lab.ec2.create_route(
    RouteTableId=lab.find("route-table", "routes-c"),
    DestinationCidrBlock="10.1.0.0/16",
    TransitGatewayId=hub,
)
