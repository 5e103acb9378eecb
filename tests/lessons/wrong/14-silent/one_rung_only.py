# outcome: almost
# says: rung 4 is still blank
def rung_3(lab):
    lab.ec2.create_route(
        RouteTableId=lab.find("route-table", "routes-b"),
        DestinationCidrBlock="10.1.0.0/16",
        VpcPeeringConnectionId=lab.find("vpc-peering-connection", "a-to-b"),
    )
    trail = "filter protocol = 1 | stats sum(packets) as packets by interfaceId, srcAddr, action"
    return {"symptom": "no answer", "evidence": trail, "cause": "return-route-in-main-table"}


def rung_4(lab):
    return {"symptom": ____, "evidence": ____, "cause": ____}
