# One call: which table should which subnet use?
lab.ec2.associate_route_table(RouteTableId=routes_a, SubnetId=subnet_a)
