# outcome: almost
# says: Whoever hands over the whole log has not said what is wrong
query = "fields @message"
