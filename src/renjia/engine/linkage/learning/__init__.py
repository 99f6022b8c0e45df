"""学习 — the weights learned from the data, not set by hand."""
