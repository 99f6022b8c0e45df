"""大盘 — `link_big`: out of core on DuckDB or Spark, the same kernels, the same answer."""
