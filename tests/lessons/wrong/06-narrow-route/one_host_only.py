# outcome: almost
# says: would be cut off
lab.ec2.create_route(
    RouteTableId=routes_a,
    DestinationCidrBlock="10.2.1.10/32",
    VpcPeeringConnectionId=peering,
)
