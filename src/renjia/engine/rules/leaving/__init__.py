"""假期 — leave pages, and the days they give both parents."""
