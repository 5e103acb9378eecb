# outcome: not yet
# says: A peering connection does not pass on
lab.ec2.create_route(
    RouteTableId=lab.find("route-table", "routes-c"),
    DestinationCidrBlock="10.1.0.0/16",
    VpcPeeringConnectionId=lab.find("vpc-peering-connection", "b-to-c"),
)
