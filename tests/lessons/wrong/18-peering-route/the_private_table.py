# outcome: not yet
# says: private-routes-a has the new row, and public-a does not use it
lab.ec2.create_route(
    RouteTableId=private, DestinationCidrBlock="10.2.0.0/16", VpcPeeringConnectionId=peering
)
