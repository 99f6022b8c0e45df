"""指标 — pages of two lines of SQL over facts, computed by place and period, down to the cases behind a number."""

from renjia.measure.indicators.cases import CaseRun, run_cases
from renjia.measure.indicators.computing import compute, rows_behind, statistical_year
from renjia.measure.indicators.errors import MeasureError
from renjia.measure.indicators.figures import Figure, format_value, is_met
from renjia.measure.indicators.formulas import (
    PLACES,
    all_indicators,
    dimensions,
    facts,
    is_unplaced,
    subject_of,
    target_of,
    version_of,
)
from renjia.measure.indicators.publishing import Published, publish
from renjia.measure.indicators.spark import SparkEngine
from renjia.measure.indicators.wording import halves

__all__ = [
    "PLACES",
    "CaseRun",
    "Figure",
    "MeasureError",
    "Published",
    "SparkEngine",
    "all_indicators",
    "compute",
    "dimensions",
    "facts",
    "format_value",
    "halves",
    "is_met",
    "is_unplaced",
    "publish",
    "rows_behind",
    "run_cases",
    "statistical_year",
    "subject_of",
    "target_of",
    "version_of",
]
