# outcome: not yet
# says: public-routes-a has changed, and private-routes-a has not
public = lab.find("route-table", "public-routes-a")
lab.ec2.replace_route(
    RouteTableId=public, DestinationCidrBlock="0.0.0.0/0", NatGatewayId=nat["NatGatewayId"]
)
