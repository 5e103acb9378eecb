# outcome: not yet
# says: takes in only what is for vpc-b itself
lab.ec2.create_route(
    RouteTableId=lab.find("route-table", "routes-b"),
    DestinationCidrBlock="10.3.0.0/16",
    VpcPeeringConnectionId=lab.find("vpc-peering-connection", "b-to-c"),
)
