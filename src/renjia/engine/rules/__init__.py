"""规则 — judge by a page and say why: schemes, standards by place, facts, decisions."""

from renjia.engine.rules.cases import CaseRun, run_cases
from renjia.engine.rules.changes import next_change, with_next_change
from renjia.engine.rules.decisions import Decision, Mark, Payment, Used
from renjia.engine.rules.errors import RuleError
from renjia.engine.rules.explaining import explain, judge_one
from renjia.engine.rules.forecasting.forecasts import Forecast, ForecastYear, Interval, Newcomer, forecast
from renjia.engine.rules.forecasting.happenings import Rates
from renjia.engine.rules.judging import DECISIONS, UNCONFIRMED, Judged, assuming, judge
from renjia.engine.rules.leaving.leaves import Asked, Leave, leaves, run_leave_cases
from renjia.engine.rules.parts import in_parts
from renjia.engine.rules.reading import Folder, read_folder
from renjia.engine.rules.replays import Replay, replay
from renjia.engine.rules.rulebook import rule_book
from renjia.engine.rules.schemes import Scheme, check_pages, known_names, scheme, schemes
from renjia.engine.rules.sweeps import (
    Change,
    Compared,
    Finding,
    Overlap,
    Swept,
    compare,
    overlaps,
    sweep,
)
from renjia.engine.rules.workset import Tables
from renjia.engine.rules.writing import check_suffix, write_json, write_table

__all__ = [
    "DECISIONS", "UNCONFIRMED", "Asked", "CaseRun", "Change", "Compared", "Decision", "Finding", "Folder", "Forecast", "ForecastYear",
    "Interval", "Judged", "Leave", "Mark", "Newcomer", "Overlap", "Payment", "Rates", "Replay", "RuleError", "Scheme", "Swept", "Tables",
    "Used", "assuming", "check_pages", "check_suffix", "compare", "explain", "forecast", "in_parts", "judge", "judge_one", "known_names", "leaves",
    "next_change", "overlaps", "read_folder", "replay", "rule_book", "run_cases", "run_leave_cases", "scheme", "schemes", "sweep", "with_next_change",
    "write_json", "write_table",
]  # fmt: skip
