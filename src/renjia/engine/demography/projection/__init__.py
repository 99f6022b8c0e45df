"""推算 — cohort components with draws, scenarios and back-tests; the loops are compiled."""
