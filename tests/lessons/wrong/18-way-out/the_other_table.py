# outcome: not yet
# says: no route on the way there
public = lab.find("route-table", "public-routes-a")
lab.ec2.replace_route(**default, NatGatewayId=nat["NatGatewayId"])
lab.ec2.delete_route(RouteTableId=public, DestinationCidrBlock="0.0.0.0/0")
