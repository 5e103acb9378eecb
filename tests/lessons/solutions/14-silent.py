trail = """
    filter protocol = 1
    | stats sum(packets) as packets by interfaceId, srcAddr, action
    | sort interfaceId, srcAddr, action
"""


def rung_3(lab):
    """The table that the subnet uses is the one that counts."""
    # The request arrived and no reply went out. routes-b has no way back; the main table has.
    lab.ec2.create_route(
        RouteTableId=lab.find("route-table", "routes-b"),
        DestinationCidrBlock="10.1.0.0/16",
        VpcPeeringConnectionId=lab.find("vpc-peering-connection", "a-to-b"),
    )
    return {"symptom": "no answer", "evidence": trail, "cause": "return-route-in-main-table"}


def rung_4(lab):
    """The same loop, on your own ticket."""
    # Four of the six packets that left app-a never got to app-b: a longer prefix leads them astray.
    table_id = lab.find("route-table", "routes-a")
    [table] = lab.ec2.describe_route_tables(RouteTableIds=[table_id])["RouteTables"]
    for route in table["Routes"]:
        if route.get("GatewayId", "").startswith("igw-"):
            lab.ec2.delete_route(
                RouteTableId=table_id, DestinationCidrBlock=route["DestinationCidrBlock"]
            )
    return {"symptom": "no answer", "evidence": trail, "cause": "more-specific-route-astray"}
