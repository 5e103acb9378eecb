# outcome: not yet
# says: and app-b has the address 10.2.1.10
lab.ec2.create_route(
    RouteTableId=public, DestinationCidrBlock="10.20.0.0/16", VpcPeeringConnectionId=peering
)
