# outcome: not attempted
# says: Lead 10.3.0.0/16 to the transit gateway
# raises: ClientError
lab.ec2.create_route(**to_c, TransitGatewayId=hub)
