let_in_by = "the tracked flow"
