"""图 — one description of a chart, drawn for a page or for paper."""
