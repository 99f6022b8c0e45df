"""规范行的 SQL — from rows as normalised to rows ready to compare, with what all records say.

The SQL of reconciliation is written once; `engines.spoken` makes DuckDB's or Spark's of it. Tables here, in order: canon
(rows as normalised) → flags_of, settled (documents) → shared, births_of, common, large (counts over all records) →
paper (what keys are made of) → key_group → line (rows ready to compare, in parts of whole key groups). Missing is NULL;
an unknown date is NO_DATE, which equals itself, as in `candidates`. Only equi-joins and groupings.
"""

from collections.abc import Sequence

from renjia.engine.linkage.big.rows import NAMED, PARENTS, ROWS, SMALL, TEXTS
from renjia.engine.linkage.columns import NO_DATE
from renjia.engine.linkage.compare_names import LARGE_SHARE

MOST_MOTHERS = 4
# A name carried by fewer of all births than one in so many is rare for every comparison: its count is not kept.
RARE = 4096

_OF_PARENT = ("number", "code", "flags", "tail")
_PLAIN = [field.name for field in ROWS if field.name not in {f"{one}_{kind}" for one in PARENTS for kind in _OF_PARENT}]

# A number is valid, a resident's, a man's, when any record's spelling of it is; only those whose spellings differ.
FLAGS_OF = """
SELECT number, max(flags % 2) + max(flags % 4 - flags % 2) + max(flags - flags % 4) AS flags FROM (
    SELECT mother_code AS number, mother_flags AS flags FROM canon WHERE mother_code IS NOT NULL
    UNION ALL
    SELECT father_code AS number, father_flags AS flags FROM canon WHERE father_code IS NOT NULL
) AS told GROUP BY number HAVING min(flags) <> max(flags)
"""


def _settled() -> str:
    """A man's number in the mother's column goes to the father's; a woman's or foreigner's comes back for it."""
    plain = ", ".join(f"c.{name}" for name in _PLAIN)
    both = ", ".join(f"c.{one}_{kind}" for one in PARENTS for kind in _OF_PARENT if kind != "flags")
    known = (
        f"SELECT {plain}, {both}, coalesce(m.flags, c.mother_flags) AS mother_flags,"
        " coalesce(f.flags, c.father_flags) AS father_flags FROM canon AS c"
        " LEFT JOIN flags_of AS m ON c.mother_code = m.number LEFT JOIN flags_of AS f ON c.father_code = f.number"
    )
    judged = (
        "SELECT *, coalesce(mother_flags % 2 = 1, FALSE) AS man,"
        f" coalesce(father_flags = 6 OR father_flags % 4 < 2, FALSE) AS woman FROM ({known}) AS k"
    )
    mothers = [
        f"CASE WHEN s.man AND s.woman THEN s.father_{kind} WHEN s.man THEN NULL ELSE s.mother_{kind} END AS mother_{kind}"
        for kind in _OF_PARENT
    ]
    fathers = [f"CASE WHEN s.man THEN s.mother_{kind} ELSE s.father_{kind} END AS father_{kind}" for kind in _OF_PARENT]
    return f"SELECT {', '.join([f's.{name}' for name in _PLAIN] + mothers + fathers)} FROM ({judged}) AS s"


SETTLED = _settled()

# What goes with a value that proves to be shared.
_OF_SHAREABLE = {
    "mother_code": [f"mother_{kind}" for kind in _OF_PARENT],
    "father_code": [f"father_{kind}" for kind in _OF_PARENT],
    "phone_code": ["phone", "phone_code"],
    "certificate_code": ["certificate", "certificate_code"],
}


def _shared(kind: str) -> str:
    suspect = (
        f"SELECT {kind} AS value FROM settled WHERE {kind} IS NOT NULL AND mother_sound IS NOT NULL GROUP BY {kind}"
        f" HAVING count(*) > {MOST_MOTHERS} AND min(mother_sound) <> max(mother_sound)"
    )
    told = (
        f"SELECT DISTINCT s.{kind} AS value, s.mother_sound FROM settled AS s JOIN ({suspect}) AS t"
        f" ON s.{kind} = t.value WHERE s.mother_sound IS NOT NULL"
    )
    return f"SELECT '{kind}' AS kind, value FROM ({told}) AS d GROUP BY value HAVING count(*) > {MOST_MOTHERS}"


# Values that more than four mothers carry: placeholders and offices' own numbers.
SHARED = {kind: _shared(kind) for kind in _OF_SHAREABLE}

COUNTED = tuple(f"{one}_{kind}" for one in NAMED for kind in ("word", "sound"))
# Births (distinct dates) that carry a name, or a name of that sound.
BIRTHS = {
    kind: (
        f"SELECT '{kind}' AS kind, value, count(*) AS births FROM ("
        f"SELECT DISTINCT {kind} AS value, born FROM canon WHERE {kind} IS NOT NULL) AS told GROUP BY value"
    )
    for kind in COUNTED
}
BIRTHS_IN_ALL = "SELECT kind, CAST(sum(births) AS BIGINT) AS births FROM births_of GROUP BY kind"
COMMON = f"""
SELECT b.kind, b.value, b.births FROM births_of AS b JOIN births_in_all AS t ON b.kind = t.kind
WHERE b.births * {RARE} > t.births
"""
INSTITUTIONS = (
    "SELECT institution AS value, count(*) AS times FROM canon WHERE institution IS NOT NULL GROUP BY institution"
)
LARGE_ONES = f"SELECT value FROM institution_of WHERE times * {LARGE_SHARE} > (SELECT CAST(sum(times) AS BIGINT) FROM institution_of)"


def _kept(columns: Sequence[str], more: Sequence[str] = (), joins: Sequence[str] = ()) -> str:
    """Columns of the settled rows, the values that many mothers share gone; more columns from more joins."""
    dropped = {name: kind for kind, names in _OF_SHAREABLE.items() for name in names}
    kept = [f"s.{name}" for name in columns if name not in dropped]
    needed = dict.fromkeys(dropped[name] for name in columns if name in dropped)
    kept += [
        f"CASE WHEN drop_{dropped[name]}.value IS NULL THEN s.{name} END AS {name}"
        for name in columns
        if name in dropped
    ]
    drops = [
        f"LEFT JOIN (SELECT value FROM shared WHERE kind = '{kind}') AS drop_{kind} ON s.{kind} = drop_{kind}.value"
        for kind in needed
    ]
    return f"SELECT {', '.join([*kept, *more])} FROM settled AS s {' '.join([*drops, *joins])}"


PAPER = _kept(
    [
        "at", "source", "still", "born", "minute", "weight", "month", "mother_sound", "father_sound", "baby_sound",
        "place", "institution", "mother_code", "mother_tail", "father_code", "phone_code", "certificate_code",
    ]
)  # fmt: skip

KEY_GROUPS = f"""
SELECT mother_code, born, min(at) AS hub, count(DISTINCT source) AS sources FROM paper
WHERE mother_code IS NOT NULL AND born <> {NO_DATE} AND still = 0 GROUP BY mother_code, born HAVING count(*) > 1
"""

# What `columns.columns_of` reads of a row, beside its key and source.
READ = [*TEXTS, *TEXTS.values(), "mother_flags", "father_flags", "place", "street", "institution", *SMALL]
# Births that carry the names, where they are many; large institutions.
SAID_BY_ALL = [*(f"{kind}_births" for kind in COUNTED), "large"]
LINE = [field.name for field in ROWS] + SAID_BY_ALL


def lines(parts: int) -> str:
    """成行 — rows ready to compare, with the hub of their key group and the part the hub puts them in."""
    more = [f"of_{kind}.births AS {kind}_births" for kind in COUNTED]
    more.append("CASE WHEN large.value IS NULL THEN 0 ELSE 1 END AS large")
    joins = [
        f"LEFT JOIN (SELECT value, births FROM common WHERE kind = '{kind}') AS of_{kind} ON s.{kind} = of_{kind}.value"
        for kind in COUNTED
    ]
    joins.append("LEFT JOIN large ON s.institution = large.value")
    ready = _kept([field.name for field in ROWS], more, joins)
    own = ", ".join(f"l.{name}" for name in LINE)
    return (
        f"SELECT {own}, coalesce(g.hub, l.at) AS hub, coalesce(g.hub, l.at) % {parts} AS part FROM ({ready}) AS l"
        " LEFT JOIN key_group AS g ON l.mother_code = g.mother_code AND l.born = g.born AND l.still = 0"
    )
