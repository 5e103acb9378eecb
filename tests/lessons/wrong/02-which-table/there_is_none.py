# outcome: not yet
# says: There always is one
table_of_subnet_b = "none"
