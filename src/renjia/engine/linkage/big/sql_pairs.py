"""候选对的 SQL — hubs and keys of records (node), the blocks they meet in, and both sides of a pair beside one another.

A star pair (hub and record of one key group) needs no join: the parts of `line` hold whole key groups. Blocks above the
cap leave before anything is joined, so no value, however common, makes more than CAP pairs a record.
"""

from collections.abc import Sequence

from renjia.engine.linkage.big.rows import NAMED, PARENTS
from renjia.engine.linkage.big.sql_rows import READ, SAID_BY_ALL
from renjia.engine.linkage.candidates import CAP
from renjia.engine.linkage.columns import NO_DATE

ENOUGH_SOURCES = 3

NODES = f"""
SELECT l.at, coalesce(g.hub, l.at) AS hub, CASE WHEN coalesce(g.sources, 1) < {ENOUGH_SOURCES} THEN 1 ELSE 0 END AS residue,
       l.mother_code, l.father_code, l.mother_tail, l.mother_sound, l.father_sound, l.baby_sound, l.phone_code,
       l.certificate_code, l.place, l.institution, l.month, CAST(l.born AS BIGINT) AS born, l.minute, l.weight
FROM paper AS l LEFT JOIN key_group AS g ON l.mother_code = g.mother_code AND l.born = g.born
WHERE l.still = 0
"""

# Hubs of one mother's neighbouring dates.
SAME_MOTHER = """
SELECT least(earlier, at) AS a, greatest(earlier, at) AS b FROM (
    SELECT at, lag(at) OVER (PARTITION BY mother_code ORDER BY born, at) AS earlier
    FROM node WHERE hub = at AND mother_code IS NOT NULL
) AS told WHERE earlier IS NOT NULL
"""

_DATED = f"born <> {NO_DATE}"
_PARITY = "((born % 2) + 2) % 2"
# Block keys as `candidates` has them: what must be known, and the two halves of the key.
BLOCKS: dict[str, tuple[str, str, str]] = {
    "phone": ("phone_code IS NOT NULL", "phone_code", "0"),
    "certificate": ("certificate_code IS NOT NULL", "certificate_code", "0"),
    **{
        f"{one}_{days}": (f"{one}_sound IS NOT NULL AND {_DATED}", f"{one}_sound", f"born {sign} {_PARITY}")
        for one in NAMED
        for days, sign in (("even", "-"), ("odd", "+"))
    },
    "month": (f"mother_sound IS NOT NULL AND {_DATED}", "mother_sound", "month"),
    "parents": ("mother_sound IS NOT NULL AND father_sound IS NOT NULL", "mother_sound", "father_sound"),
    "place": (f"place IS NOT NULL AND {_DATED}", "place", "born"),
    "time": ("minute >= 0 AND institution IS NOT NULL", "institution", "born * 2048 + minute"),
    "exact": ("minute >= 0 AND weight >= 0", "minute * 10000 + weight", "born"),
    "weight": ("weight >= 0 AND institution IS NOT NULL", "institution", "born * 10000 + weight"),
    "tail": ("mother_tail IS NOT NULL", "mother_tail", "born"),
    "mother_place": ("mother_sound IS NOT NULL AND place IS NOT NULL", "mother_sound", "place"),
}


ALL_BLOCKS = (*BLOCKS, *(f"{one}_document" for one in PARENTS))
# Either parent's documents are one block: a number may stand in the wrong column.
GROUPED_BLOCKS = (*((block,) for block in BLOCKS), tuple(f"{one}_document" for one in PARENTS))


def _held(blocks: Sequence[str]) -> str:
    """The keys of blocks with their records."""
    parts = []
    for block in blocks:
        if block in BLOCKS:
            known, p, q = BLOCKS[block]
        else:
            code = block.removesuffix("_document") + "_code"
            block, known, p, q = "document", f"{code} IS NOT NULL", code, "0"
        parts.append(f"SELECT '{block}' AS block, {p} AS p, {q} AS q, at, hub, residue FROM node WHERE {known}")
    return " UNION ALL ".join(parts)


def members(blocks: Sequence[str]) -> str:
    """块员 — records of the blocks of two to CAP records, one of the residue among them."""
    return (
        f"SELECT h.block, h.p, h.q, h.at, h.hub, h.residue FROM ({_held(blocks)}) AS h JOIN ("
        f"SELECT block, p, q FROM ({_held(blocks)}) AS k GROUP BY block, p, q"
        f" HAVING count(*) BETWEEN 2 AND {CAP} AND max(residue) = 1) AS f"
        " ON h.block = f.block AND h.p = f.p AND h.q = f.q"
    )


MET = """
SELECT DISTINCT least(x.at, y.at) AS a, greatest(x.at, y.at) AS b
FROM member AS x JOIN member AS y ON x.block = y.block AND x.p = y.p AND x.q = y.q
WHERE x.residue = 1 AND x.hub <> y.hub AND (y.residue = 0 OR x.at < y.at)
"""

# What a comparison of two deliveries reads, once for either record of a pair.
COMPARED = [*READ, *SAID_BY_ALL]


def facing(chunk: int, chunks: int) -> str:
    """面对面 — both records of each pair side by side, of one chunk of the pairs."""
    sides = ", ".join(f"{side}.{name} AS {side}_{name}" for side in ("x", "y") for name in COMPARED)
    return (
        f"SELECT p.a, p.b, {sides} FROM (SELECT a, b FROM pair WHERE a % {chunks} = {chunk}) AS p"
        " JOIN line AS x ON p.a = x.at JOIN line AS y ON p.b = y.at"
    )
