"""出生性别比 — intervals, shrinkage, verdicts, and alarms that say how often they are false."""
