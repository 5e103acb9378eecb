# outcome: not yet
# says: in the same subnet, and there no route is asked for
causes = {"app-c": "stopped", "10.1.1.77": "no route", "app-b": "no route"}
