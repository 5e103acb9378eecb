# outcome: almost
# says: more than vpc-a
lab.ec2.create_route(
    RouteTableId=routes_b,
    DestinationCidrBlock="0.0.0.0/0",
    VpcPeeringConnectionId=peering,
)
