described = lab.ec2.describe_vpcs(VpcIds=[vpc_b, partner])["Vpcs"]
ranges = {vpc["VpcId"]: vpc["CidrBlock"] for vpc in described}
range_of_b = ranges[vpc_b]
range_of_c = ranges[partner]
cause = "overlapping range"
