# outcome: not yet
# says: 203.0.113.0/24 goes to the NAT gateway. Everything else
lab.ec2.create_route(
    RouteTableId=private, DestinationCidrBlock="203.0.113.0/24", NatGatewayId=nat["NatGatewayId"]
)
