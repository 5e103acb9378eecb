# outcome: almost
# says: you have not looked yourself
i_have_looked = False
