"""收件 — files as received: read, recognised, checked; problems found in them. This half needs no Django."""

from renjia.records.intake.checking import Checked, Row, check, examine
from renjia.records.intake.feeds import FIELDS, Feed, load_feeds
from renjia.records.intake.guards import LIMITS, Limits
from renjia.records.intake.problems import RETURN, WARN, Choice, Option, Problem, Refusal, Severity
from renjia.records.intake.reading import Reading, read_file
from renjia.records.intake.recognising import lay_out, recognise
from renjia.records.intake.repeats import Repeat
from renjia.records.intake.returning import returned_file
from renjia.records.intake.tables import protect

__all__ = [
    "FIELDS", "LIMITS", "RETURN", "WARN", "Checked", "Choice", "Feed", "Limits", "Option", "Problem", "Reading",
    "Refusal", "Repeat", "Row", "Severity", "check", "examine", "lay_out", "load_feeds", "protect", "read_file", "recognise",
    "returned_file",
]  # fmt: skip
