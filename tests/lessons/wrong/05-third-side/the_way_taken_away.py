# outcome: not yet
# says: has no connection of its own with vpc-c
lab.ec2.delete_route(RouteTableId=routes_a, DestinationCidrBlock="10.3.0.0/16")
