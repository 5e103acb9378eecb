of_app_b = [{"Name": "attachment.instance-id", "Values": [lab.instance_id("app-b")]}]
[interface_b] = lab.ec2.describe_network_interfaces(Filters=of_app_b)["NetworkInterfaces"]
writes_the_record = interface_b["NetworkInterfaceId"]
