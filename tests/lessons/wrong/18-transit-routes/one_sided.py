# outcome: almost
# says: the reply has no way back
lab.ec2.replace_route(**to_c, TransitGatewayId=hub)
