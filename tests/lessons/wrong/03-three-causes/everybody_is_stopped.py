# outcome: not yet
# says: a stopped machine keeps its interface
causes = {"app-c": "stopped", "10.1.1.77": "stopped", "app-b": "no route"}
