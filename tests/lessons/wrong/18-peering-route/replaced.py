# outcome: not yet
# says: has lost its default route
lab.ec2.replace_route(
    RouteTableId=public, DestinationCidrBlock="0.0.0.0/0", VpcPeeringConnectionId=peering
)
