"""对账引擎 — one case per child from five departments' records: delivery first, child second (see README.md).

A room is opened when one of its names is asked for: all of them together take half a second.
"""

from importlib import import_module
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from renjia.engine.linkage.big.linking import BigLinked, link_big
    from renjia.engine.linkage.big.spark import SparkEngine, spark_session
    from renjia.engine.linkage.decisions import Decision, decided
    from renjia.engine.linkage.learning.keeping import model_from_json, model_to_json
    from renjia.engine.linkage.learning.learn import Learned, learn
    from renjia.engine.linkage.linking import Linked, link
    from renjia.engine.linkage.missed.coverage import LinkageError, Missed, together
    from renjia.engine.linkage.missed.coverage import estimate as estimate_missed
    from renjia.engine.linkage.missed.models import Fitted, TooThin, cells_of, model_set
    from renjia.engine.linkage.model import HAND_SET, Model, Weight, explain
    from renjia.engine.linkage.numbering import Event, stable_ids
    from renjia.engine.linkage.parallel import keep_freed_memory
    from renjia.engine.linkage.persons.fields import Field
    from renjia.engine.linkage.persons.linking import Persons, link_persons
    from renjia.engine.linkage.persons.model import PersonModel, explain_person
    from renjia.engine.linkage.store.files import StoreDamaged
    from renjia.engine.linkage.store.link_store import LinkStore
    from renjia.engine.linkage.survivorship import Rule, chosen_values, differences, rules, shown
    from renjia.engine.linkage.trust.audit import Drawn, Precision, estimate_precision, sample_for_audit, wilson
    from renjia.engine.linkage.trust.calibration import Calibration, Thresholds, thresholds
    from renjia.engine.linkage.trust.whynot import WhyNot, why_not

__all__ = [
    "HAND_SET", "BigLinked", "Calibration", "Decision", "Drawn", "Event", "Field", "Fitted", "Learned",
    "LinkStore", "LinkageError", "Linked", "Missed", "Model", "PersonModel", "Persons", "Precision",
    "Rule", "SparkEngine", "StoreDamaged", "Thresholds", "TooThin", "Weight", "WhyNot", "cells_of",
    "chosen_values", "decided", "differences", "estimate_missed", "estimate_precision", "explain",
    "explain_person", "keep_freed_memory", "learn", "link", "link_big", "link_persons", "model_from_json", "model_set", "model_to_json",
    "rules", "sample_for_audit", "shown", "spark_session", "stable_ids", "thresholds", "together", "why_not",
    "wilson",
]  # fmt: skip

_ROOMS = {
    "big.linking": "BigLinked link_big",
    "big.spark": "SparkEngine spark_session",
    "decisions": "Decision decided",
    "learning.keeping": "model_from_json model_to_json",
    "learning.learn": "Learned learn",
    "linking": "Linked link",
    "missed.coverage": "LinkageError Missed together estimate=estimate_missed",
    "missed.models": "Fitted TooThin cells_of model_set",
    "model": "HAND_SET Model Weight explain",
    "numbering": "Event stable_ids",
    "parallel": "keep_freed_memory",
    "persons.fields": "Field",
    "persons.linking": "Persons link_persons",
    "persons.model": "PersonModel explain_person",
    "store.files": "StoreDamaged",
    "store.link_store": "LinkStore",
    "survivorship": "Rule chosen_values differences rules shown",
    "trust.audit": "Drawn Precision estimate_precision sample_for_audit wilson",
    "trust.calibration": "Calibration Thresholds thresholds",
    "trust.whynot": "WhyNot why_not",
}


def __getattr__(asked: str) -> Any:
    """开门 — the thing of that name, whose module is imported now."""
    for room, names in _ROOMS.items():
        for name in names.split():
            own, _, shown = name.partition("=")
            if asked == (shown or own):
                found = getattr(import_module(f"{__name__}.{room}"), own)
                globals()[asked] = found
                return found
    raise AttributeError(f"module {__name__!r} has no attribute {asked!r}")
