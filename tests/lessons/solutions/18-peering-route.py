# One call: a new row for the table.
lab.ec2.create_route(
    RouteTableId=public, DestinationCidrBlock="10.2.0.0/16", VpcPeeringConnectionId=peering
)
