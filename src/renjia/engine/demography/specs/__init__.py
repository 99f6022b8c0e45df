"""方案 — a projection as one file: read, built, run, written out."""
