# Ask, wait until the request has arrived, and accept.
new = lab.ec2.create_vpc_peering_connection(
    VpcId=vpc_b,
    PeerVpcId=partner,
    TagSpecifications=lab.tags.specification("vpc-peering-connection", "b-to-c"),
)["VpcPeeringConnection"]["VpcPeeringConnectionId"]
status(new)
accepted = lab.ec2.accept_vpc_peering_connection(VpcPeeringConnectionId=new)
status(new)
