# One call: which table, for packets to where, and through what?
lab.ec2.create_route(
    RouteTableId=routes_b,
    DestinationCidrBlock="10.1.0.0/16",
    VpcPeeringConnectionId=peering,
)
