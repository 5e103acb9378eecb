can_be_joined = [
    team
    for team, block in {
        "blue": "10.11.0.0/16",
        "green": "10.1.200.0/24",
        "grey": "10.0.0.0/14",
        "gold": "172.16.0.0/16",
    }.items()
    if not range_a.overlaps(ip_network(block))
]
