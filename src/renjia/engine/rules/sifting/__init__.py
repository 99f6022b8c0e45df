"""筛 — whom nothing fails, found column by column."""
