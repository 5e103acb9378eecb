# A range cannot be changed, so a second try begins by taking the first VPC away.
if old := lab.find("vpc", "vpc-c"):
    lab.ec2.delete_vpc(VpcId=old)
vpc_c = find_or_create_vpc("vpc-c", "10.3.0.0/20")
