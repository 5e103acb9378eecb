# outcome: not yet
# says: so it belongs to somebody
causes = {"app-c": "no such address", "10.1.1.77": "no such address", "app-b": "no route"}
