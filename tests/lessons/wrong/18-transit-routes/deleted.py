# outcome: not yet
# says: routes-a has no row for 10.3.0.0/16 any more
lab.ec2.delete_route(**to_c)
