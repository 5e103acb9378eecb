# outcome: not yet
# says: no security group refused the packet
causes = {"app-c": "stopped", "10.1.1.77": "no such address", "app-b": "security group"}
