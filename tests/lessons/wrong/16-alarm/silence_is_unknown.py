# outcome: not yet
# says: what does a period without any data count as
lab.cloudwatch.put_metric_alarm(
    **watched,
    **told_by,
    Threshold=3,
    ComparisonOperator="GreaterThanOrEqualToThreshold",
    EvaluationPeriods=3,
    DatapointsToAlarm=2,
)
