# outcome: not yet
# says: anybody can knock at its door
worker = lab.find("instance", "worker-a")
allocated = lab.ec2.allocate_address(TagSpecifications=lab.tags.specification("elastic-ip", "own"))
lab.ec2.associate_address(AllocationId=allocated["AllocationId"], InstanceId=worker)
