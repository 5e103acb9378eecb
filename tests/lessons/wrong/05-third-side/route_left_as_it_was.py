# outcome: almost
# says: does not get there
new = lab.ec2.create_vpc_peering_connection(
    VpcId=vpc_a,
    PeerVpcId=partner,
    TagSpecifications=lab.tags.specification("vpc-peering-connection", "a-to-c"),
)["VpcPeeringConnection"]["VpcPeeringConnectionId"]
status(new)
accepted = lab.ec2.accept_vpc_peering_connection(VpcPeeringConnectionId=new)
status(new)
