# outcome: not yet
# says: Request a peering connection between vpc-b and vpc-c
# raises: InvalidStateTransition
lab.ec2.accept_vpc_peering_connection(VpcPeeringConnectionId=b_to_c)
