# outcome: almost
# says: sends 10.0.0.0/8 into the peering connection, which is more than vpc-b
lab.ec2.create_route(
    RouteTableId=public, DestinationCidrBlock="10.0.0.0/8", VpcPeeringConnectionId=peering
)
