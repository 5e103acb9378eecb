# outcome: almost
# says: no row of routes-c leads 10.1.1.10
lab.ec2.replace_route(**to_c, TransitGatewayId=hub)
lab.ec2.create_route(
    RouteTableId=lab.find("route-table", "routes-c"),
    DestinationCidrBlock="10.1.0.0/24",
    TransitGatewayId=hub,
)
