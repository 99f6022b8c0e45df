"""对账引擎 — one case per child from five departments' records: delivery first, child second (see README.md)."""

from renjia.engine.linkage.coverage import LinkageError, Missed, together
from renjia.engine.linkage.coverage import estimate as estimate_missed
from renjia.engine.linkage.decisions import Decision, decided
from renjia.engine.linkage.linking import Linked, link
from renjia.engine.linkage.missed import Fitted, TooThin, cells_of, model_set
from renjia.engine.linkage.model import HAND_SET, Model, Weight, explain
from renjia.engine.linkage.numbering import Event, stable_ids
from renjia.engine.linkage.survivorship import Rule, chosen_values, differences, rules, shown

__all__ = [
    "HAND_SET", "Decision", "Event", "Fitted", "LinkageError", "Linked", "Missed", "Model", "Rule", "TooThin", "Weight",
    "cells_of", "chosen_values", "decided", "differences", "estimate_missed", "explain", "link", "model_set", "rules",
    "shown", "stable_ids", "together",
]  # fmt: skip
