# outcome: almost
# says: more than vpc-b
lab.ec2.create_route(
    RouteTableId=routes_a,
    DestinationCidrBlock="10.0.0.0/8",
    VpcPeeringConnectionId=peering,
)
