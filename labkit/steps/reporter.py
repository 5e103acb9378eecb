"""
A Lambda function that says who was rejected: what the automation step deploys.

It runs on Lambda, so it imports nothing of labkit.
"""

import base64
import gzip
import json
from collections import Counter
from typing import Any


def handler(event: dict[str, Any], _context: object) -> None:
    """Print how many rejected records of each source a batch holds."""
    packed = base64.b64decode(event["awslogs"]["data"])
    batch = json.loads(gzip.decompress(packed))
    records = [each["message"].split(" ") for each in batch["logEvents"]]
    print(json.dumps({"rejected": Counter(record[3] for record in records)}))  # noqa: T201  its log
