# outcome: almost
# says: would be cut off
lab.ec2.create_route(
    RouteTableId=routes_b,
    DestinationCidrBlock="10.1.1.10/32",
    VpcPeeringConnectionId=peering,
)
