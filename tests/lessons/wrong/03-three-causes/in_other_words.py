# outcome: not yet
# says: the spelling
causes = {"app-c": "stopped", "10.1.1.77": "no address", "app-b": "no route"}
