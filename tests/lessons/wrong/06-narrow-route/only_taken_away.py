# outcome: not yet
# says: sends nothing at all into the peering connection
lab.ec2.delete_route(RouteTableId=routes_a, DestinationCidrBlock="10.2.0.0/24")
