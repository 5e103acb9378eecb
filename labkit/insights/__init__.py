"""CloudWatch Logs Insights QL as a compiler: text in, rows or a precise error out."""
