"""The building steps of the lab, one module per box of the architecture; boto3 only."""
