# outcome: not yet
# says: web-a hears an answer from app-b
lab.ec2.create_route(
    RouteTableId=public, DestinationCidrBlock="10.2.0.0/16", NatGatewayId=nat["NatGatewayId"]
)
