# Run the test that tells them apart. Then: "security group" or "network ACL"?
reply = test("app-b", "app-a")
verdict = "network ACL" if "REJECT" in repr(reply) else "security group"
reply
