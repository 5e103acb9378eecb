# outcome: not yet
# says: two of the last three are bad, and a good one between
lab.cloudwatch.put_metric_alarm(
    **watched,
    **told_by,
    Threshold=3,
    ComparisonOperator="GreaterThanOrEqualToThreshold",
    EvaluationPeriods=3,
    TreatMissingData="notBreaching",
)
