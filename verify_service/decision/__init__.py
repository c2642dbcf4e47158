"""From assessment to decision: the policy, and the thresholds it holds the scores against."""
