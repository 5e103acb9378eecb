causes = {"app-c": "stopped", "10.1.1.77": "no such address", "app-b": "no route"}
