# outcome: not yet
# says: AWS refused CreateRoute: RouteAlreadyExists
# raises: ClientError
lab.ec2.create_route(**to_c, TransitGatewayId=hub)
