"""月度账 — `LinkStore`: what was worked out is kept; a month's files are linked against it."""
