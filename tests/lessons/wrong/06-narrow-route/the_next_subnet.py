# outcome: not yet
# says: which is not in there
lab.ec2.create_route(
    RouteTableId=routes_a,
    DestinationCidrBlock="10.2.2.0/24",
    VpcPeeringConnectionId=peering,
)
