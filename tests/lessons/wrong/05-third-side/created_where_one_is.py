# outcome: almost
# says: does not get there
# raises: RouteAlreadyExists
new = lab.ec2.create_vpc_peering_connection(
    VpcId=vpc_a,
    PeerVpcId=partner,
    TagSpecifications=lab.tags.specification("vpc-peering-connection", "a-to-c"),
)["VpcPeeringConnection"]["VpcPeeringConnectionId"]
status(new)
accepted = lab.ec2.accept_vpc_peering_connection(VpcPeeringConnectionId=new)
status(new)
lab.ec2.create_route(
    RouteTableId=routes_a, DestinationCidrBlock="10.3.0.0/16", VpcPeeringConnectionId=new
)
