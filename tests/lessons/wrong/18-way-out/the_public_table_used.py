# outcome: not yet
# says: private-a uses public-routes-a now
[table] = lab.ec2.describe_route_tables(RouteTableIds=[private])["RouteTables"]
[association] = table["Associations"]
lab.ec2.replace_route_table_association(
    AssociationId=association["RouteTableAssociationId"],
    RouteTableId=lab.find("route-table", "public-routes-a"),
)
