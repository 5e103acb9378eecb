# outcome: almost
# says: any other address of vpc-c is out of reach
lab.ec2.create_route(
    RouteTableId=to_c["RouteTableId"], DestinationCidrBlock="10.3.1.0/24", TransitGatewayId=hub
)
lab.ec2.create_route(
    RouteTableId=lab.find("route-table", "routes-c"),
    DestinationCidrBlock="10.1.0.0/16",
    TransitGatewayId=hub,
)
