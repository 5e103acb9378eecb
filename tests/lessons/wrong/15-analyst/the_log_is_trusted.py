# outcome: not yet
# says: `describe_flow_logs`, before anything else
def analyst(case):
    place = by_queries(case)
    found = case.ec2.describe_vpc_peering_connections()["VpcPeeringConnections"]
    if place == "way there":
        return "route there" if any(each["Status"]["Code"] == "active" for each in found) else "peering"
    if place in ("host or way back", "way back"):
        return "host" if leads_across(case, "target", "source") else "route back"
    return place
