# outcome: not yet
# says: a period with exactly three is bad
lab.cloudwatch.put_metric_alarm(
    **watched,
    **told_by,
    Threshold=3,
    ComparisonOperator="GreaterThanThreshold",
    EvaluationPeriods=3,
    DatapointsToAlarm=2,
    TreatMissingData="notBreaching",
)
