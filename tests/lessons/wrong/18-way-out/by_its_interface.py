# outcome: not yet
# says: AWS refused ReplaceRoute
# raises: ClientError
lab.ec2.replace_route(**default, GatewayId=nat["NatGatewayAddresses"][0]["NetworkInterfaceId"])
