# outcome: not yet
# says: came in at app-b as
reply = test("app-b", "app-a")
verdict = "security group" if "REJECT" in repr(reply) else "network ACL"
