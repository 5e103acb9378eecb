# One call: the same route, with another target.
lab.ec2.replace_route(**default, NatGatewayId=nat["NatGatewayId"])
