# outcome: not yet
# says: the rows of the table that subnet-a uses
made = lab.ec2.create_route_table(VpcId=lab.find("vpc", "vpc-a"))["RouteTable"]["RouteTableId"]
lab.ec2.associate_route_table(RouteTableId=made, SubnetId=subnet_a)
