"""评分表格 — a table of facts in, a table of scores, warnings and score sheets out; plain files, no Django, no database."""

from renjia.front.appraising.faults import Fault, Faults
from renjia.front.appraising.reading import FactsTable, read_facts
from renjia.front.appraising.rubric_page import rubric_page
from renjia.front.appraising.sheets import sheet_files
from renjia.front.appraising.warnings import Warned, warnings_of
from renjia.front.appraising.writing import check_out, readings_in_force, replace_files, result_files, warnings_path

__all__ = [
    "FactsTable", "Fault", "Faults", "Warned", "check_out", "read_facts", "readings_in_force", "replace_files",
    "result_files", "rubric_page", "sheet_files", "warnings_of", "warnings_path",
]  # fmt: skip
