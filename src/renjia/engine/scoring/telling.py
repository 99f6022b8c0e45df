"""理由 — why an atom has its points, in the words of the wording page and the facts."""

from renjia.engine.scoring.expressions import Row
from renjia.engine.scoring.rubric import Atom, Rubric
from renjia.engine.scoring.sums import Sums


def reason(rubric: Rubric, atom: Atom, row: Row, sums: Sums) -> str:
    """理由 — the facts as given, then the rule with its numbers; what is missing when it is not provided."""
    say, at = rubric.wording.say, rubric.positions[atom.id]
    points, raw = sums.atoms[at], sums.raw[at]
    if points is None:
        return say("missing", facts=say("join").join(_missing(rubric, atom, row)))
    if atom.rule is None:
        return _cap(rubric, atom, sums)
    told = told_facts(rubric, atom.facts, row)
    if atom.rule.applies is not None and not atom.rule.applies(row):
        return told + say("between") + say("not_applicable")
    if not raw:
        return told + say("between") + say("nothing")
    details = atom.rule.details(row)
    labels = details.pop("labels", "")
    text = say(atom.kind, points=abs(raw), **details)
    if labels:
        text += say("labels", labels=labels)
    if points != raw:
        text += say("cut", points=abs(points))
    return told + say("between") + text


def told_facts(rubric: Rubric, names: tuple[str, ...], row: Row) -> str:
    """事实 — names and values, as given."""
    say = rubric.wording.say
    values = (row[rubric.places_of_facts[name]] for name in names)
    pairs = zip(names, values, strict=True)
    return say("join").join(
        say("fact", name=name, value=say("absent") if value is None else value) for name, value in pairs
    )


def _missing(rubric: Rubric, atom: Atom, row: Row) -> list[str]:
    names = list(atom.needs)
    for member in atom.members:
        names += rubric.atoms[member].needs
    return [name for name in dict.fromkeys(names) if row[rubric.places_of_facts[name]] is None]


def _cap(rubric: Rubric, atom: Atom, sums: Sums) -> str:
    say, relief = rubric.wording.say, sums.atoms[rubric.positions[atom.id]]
    if not relief:
        return say("nothing")
    deducted = atom.points + relief
    return say("cap", members="、".join(atom.members), count=deducted, limit=atom.points, points=relief)
