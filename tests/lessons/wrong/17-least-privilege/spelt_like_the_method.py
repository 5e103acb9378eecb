# outcome: not yet
# says: look up an interface
actions = ["ec2:describe_network_interfaces", "ec2:modify_network_interface_attribute"]
