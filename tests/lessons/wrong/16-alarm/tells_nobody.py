# outcome: almost
# says: what is left out is gone
lab.cloudwatch.put_metric_alarm(
    **watched,
    Threshold=3,
    ComparisonOperator="GreaterThanOrEqualToThreshold",
    EvaluationPeriods=3,
    DatapointsToAlarm=2,
    TreatMissingData="notBreaching",
)
