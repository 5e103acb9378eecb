def log_is_well(case):
    logs = [
        log["ResourceId"]
        for log in case.ec2.describe_flow_logs()["FlowLogs"]
        if (log["TrafficType"], log["LogGroupName"]) == ("ALL", case.log_group)
        and log["DeliverLogsStatus"] != "FAILED"
    ]
    return len(set(logs)) == 2


def all_run(case):
    found = case.ec2.describe_instances()["Reservations"]
    return all(host["State"]["Name"] == "running" for each in found for host in each["Instances"])


def is_peered(case):
    found = case.ec2.describe_vpc_peering_connections()["VpcPeeringConnections"]
    return any(each["Status"]["Code"] == "active" for each in found)


def analyst(case):
    """What is to blame, in one of the eight words."""
    place = by_queries(case)
    if not log_is_well(case):
        return "log"
    if place == "way there":
        if not all_run(case):
            return "host"
        return "route there" if is_peered(case) else "peering"
    if place in ("host or way back", "way back"):
        return "host" if leads_across(case, "target", "source") else "route back"
    return place
