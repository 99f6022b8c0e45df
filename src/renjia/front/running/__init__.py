"""运行 — the supervisor, the worker's tasks, the month as a whole, the demo."""
