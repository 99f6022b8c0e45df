"""指标 — pages of two lines of SQL over facts, computed by place and period, down to the cases behind a number."""

from renjia.measure.indicators.cases import CaseRun, run_cases
from renjia.measure.indicators.computing import compute, rows_behind
from renjia.measure.indicators.errors import MeasureError
from renjia.measure.indicators.figures import Figure, format_value, is_met
from renjia.measure.indicators.formulas import (
    PLACES,
    all_indicators,
    dimensions,
    facts,
    is_unplaced,
    target_of,
    version_of,
)

__all__ = [
    "PLACES",
    "CaseRun",
    "Figure",
    "MeasureError",
    "all_indicators",
    "compute",
    "dimensions",
    "facts",
    "format_value",
    "is_met",
    "is_unplaced",
    "rows_behind",
    "run_cases",
    "target_of",
    "version_of",
]
