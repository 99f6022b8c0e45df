"""判定库 — the working set: sealed Parquet, one folder a date, opened as DuckDB views."""

from renjia.measure.snapshot.errors import WorksetError
from renjia.measure.snapshot.tables import TABLES, check_tables
from renjia.measure.snapshot.workset import Workset

__all__ = ["TABLES", "Workset", "WorksetError", "check_tables"]
