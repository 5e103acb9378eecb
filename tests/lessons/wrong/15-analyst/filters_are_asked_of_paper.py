# outcome: not yet
# says: Take all there is, and choose in Python
def analyst(case):
    return case.ec2.describe_route_tables(Filters=[{"Name": "vpc-id", "Values": ["vpc-a"]}])
