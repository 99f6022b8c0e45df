"""判定库 — the working set: sealed Parquet, one folder a date, opened as DuckDB views."""

from renjia.measure.snapshot.derived import Facts, derive, derived_in, facts_of, over_derived
from renjia.measure.snapshot.errors import WorksetError
from renjia.measure.snapshot.tables import TABLES, check_tables
from renjia.measure.snapshot.workset import Workset

__all__ = [
    "TABLES",
    "Facts",
    "Workset",
    "WorksetError",
    "check_tables",
    "derive",
    "derived_in",
    "facts_of",
    "over_derived",
]
