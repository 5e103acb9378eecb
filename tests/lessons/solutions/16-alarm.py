# One call: put_metric_alarm. `watched` and `told_by` hold what stays.
lab.cloudwatch.put_metric_alarm(
    **watched,
    **told_by,
    Threshold=3,
    ComparisonOperator="GreaterThanOrEqualToThreshold",
    EvaluationPeriods=3,
    DatapointsToAlarm=2,
    TreatMissingData="notBreaching",
)
