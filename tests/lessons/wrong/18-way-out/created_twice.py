# outcome: not yet
# says: AWS refused CreateRoute: RouteAlreadyExists
# raises: ClientError
lab.ec2.create_route(**default, NatGatewayId=nat["NatGatewayId"])
