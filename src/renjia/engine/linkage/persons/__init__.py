"""人员 — one person registry or two deduplicated by the same engine, no delivery level."""
