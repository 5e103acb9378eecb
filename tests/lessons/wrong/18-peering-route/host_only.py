# outcome: almost
# says: other addresses of vpc-b still go to the internet gateway
lab.ec2.create_route(
    RouteTableId=public, DestinationCidrBlock="10.2.1.10/32", VpcPeeringConnectionId=peering
)
