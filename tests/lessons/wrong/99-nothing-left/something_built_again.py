# outcome: not yet
# says: still carry the tag
lab.build("vpcs")
i_have_looked = True
