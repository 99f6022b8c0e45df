"""评分 — a rubric read from pages: scored exactly, explained, checked, looked at under other readings."""

from renjia.engine.scoring.actions_ahead import Action, WhatIf, best_actions, what_if
from renjia.engine.scoring.cases import CaseFault, count_cases, run_cases
from renjia.engine.scoring.checking import Finding, check
from renjia.engine.scoring.errors import ScoringError
from renjia.engine.scoring.explaining import Change, Node, difference, explain
from renjia.engine.scoring.facts import FactSpec
from renjia.engine.scoring.grammar import ITEM, RUBRIC, WORDING
from renjia.engine.scoring.loading import load_rubric, rubric_ids
from renjia.engine.scoring.notes import Note
from renjia.engine.scoring.numbers import Number, half_up, shown
from renjia.engine.scoring.outlook import Prospect, flowing, outlook
from renjia.engine.scoring.places import AtomScore, BlockScore, PlaceScore
from renjia.engine.scoring.printing import hundredths, score_text
from renjia.engine.scoring.readings import Reading
from renjia.engine.scoring.rubric import Atom, Block, Item, Part, Rubric
from renjia.engine.scoring.scores import Scores, score
from renjia.engine.scoring.sensitivity import Shift, sensitivity

__all__ = [
    "ITEM", "RUBRIC", "WORDING", "Action", "Atom", "AtomScore", "Block", "BlockScore", "CaseFault", "Change",
    "FactSpec", "Finding", "Item", "Node", "Note", "Number", "Part", "PlaceScore", "Prospect", "Reading", "Rubric",
    "Scores", "ScoringError", "Shift", "WhatIf", "best_actions", "check", "count_cases", "difference", "explain",
    "flowing", "half_up", "hundredths", "load_rubric", "outlook", "rubric_ids", "run_cases", "score", "score_text", "sensitivity", "shown",
    "what_if",
]  # fmt: skip
