# outcome: almost
# says: nobody has accepted it
new = lab.ec2.create_vpc_peering_connection(
    VpcId=vpc_b,
    PeerVpcId=partner,
    TagSpecifications=lab.tags.specification("vpc-peering-connection", "b-to-c"),
)["VpcPeeringConnection"]["VpcPeeringConnectionId"]
status(new)
