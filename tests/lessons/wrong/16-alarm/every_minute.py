# outcome: not yet
# says: records are minutes late
lab.cloudwatch.put_metric_alarm(
    **watched | {"Period": 60},
    **told_by,
    Threshold=3,
    ComparisonOperator="GreaterThanOrEqualToThreshold",
    EvaluationPeriods=3,
    DatapointsToAlarm=2,
    TreatMissingData="notBreaching",
)
