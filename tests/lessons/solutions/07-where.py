rows = str(lab.trace("app-a", "app-b")).splitlines()
[stopped] = [row for row in rows if "✗" in row and row.split()[0].isdecimal()]
leg = stopped.split()[1]
station = "route table" if "route table" in stopped else "security group ingress"
