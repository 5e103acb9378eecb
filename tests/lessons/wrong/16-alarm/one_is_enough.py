# outcome: not yet
# says: how many of the periods have to be bad
lab.cloudwatch.put_metric_alarm(
    **watched,
    **told_by,
    Threshold=3,
    ComparisonOperator="GreaterThanOrEqualToThreshold",
    EvaluationPeriods=3,
    DatapointsToAlarm=1,
    TreatMissingData="notBreaching",
)
