"""Evidence from configuration and flow records: all that is wrong, why, and the smallest fix."""
