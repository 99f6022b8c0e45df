"""对账引擎 — one case per child from five departments' records: delivery first, child second (see README.md)."""

from renjia.engine.linkage.decisions import Decision, decided
from renjia.engine.linkage.linking import Linked, link
from renjia.engine.linkage.model import HAND_SET, Model, Weight, explain
from renjia.engine.linkage.numbering import Event, stable_ids
from renjia.engine.linkage.survivorship import Rule, chosen_values, differences, rules, shown

__all__ = [
    "HAND_SET", "Decision", "Event", "Linked", "Model", "Rule", "Weight", "chosen_values", "decided", "differences", "explain",
    "link", "rules", "shown", "stable_ids",
]  # fmt: skip
