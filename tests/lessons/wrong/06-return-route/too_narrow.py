# outcome: not yet
# says: 10.1.1.10, which is not in there
lab.ec2.create_route(
    RouteTableId=routes_b,
    DestinationCidrBlock="10.1.0.0/24",
    VpcPeeringConnectionId=peering,
)
