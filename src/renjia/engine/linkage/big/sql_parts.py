"""分量与分桶的 SQL — components of the scored pairs, and for each the bucket that holds it whole.

A bucket has the number of a part of `line`: nearly every component is one key group and lies whole where it was laid.
"""

from renjia.engine.linkage.big.sql_rows import READ

# Components. A record that its star's hub accepted hangs from it. The rest is contracted round by round: every node points
# to its smallest neighbour, pointers are followed to their ends, and edges between different ends are what is left. No
# pointer leaves its component and every component with an edge loses a node a round, so it ends, and ends right.
HANGING = "SELECT b AS at, a AS root FROM scored WHERE star = 1"
EDGES = """
SELECT DISTINCT least(x, y) AS x, greatest(x, y) AS y FROM (
    SELECT coalesce(p.root, e.a) AS x, coalesce(q.root, e.b) AS y FROM (
        SELECT a, b FROM scored WHERE star = 0 UNION ALL SELECT a, b FROM must
    ) AS e LEFT JOIN hanging AS p ON e.a = p.at LEFT JOIN hanging AS q ON e.b = q.at
) AS told WHERE x <> y
"""
ENDS = "SELECT DISTINCT at, at AS low FROM (SELECT x AS at FROM edge UNION ALL SELECT y FROM edge) AS told"
LOWEST = """
SELECT at, least(at, min(other)) AS low FROM (SELECT x AS at, y AS other FROM edge UNION ALL SELECT y, x FROM edge) AS told
GROUP BY at
"""
JUMPED = "SELECT one.at, two.low FROM lowest AS one JOIN lowest AS two ON one.low = two.at"
UNFINISHED = "SELECT count(*) FROM jumped AS one JOIN jumped AS two ON one.low = two.at WHERE one.low <> two.low"
CONTRACTED = """
SELECT DISTINCT least(p.low, q.low) AS x, greatest(p.low, q.low) AS y
FROM edge AS e JOIN jumped AS p ON e.x = p.at JOIN jumped AS q ON e.y = q.at WHERE p.low <> q.low
"""
FOLLOWED = "SELECT r.at, coalesce(j.low, r.low) AS low FROM followed AS r LEFT JOIN jumped AS j ON r.low = j.at"


def homes(buckets: int) -> str:
    """归桶 — every record's component (smallest record of it, as far as known) and bucket, and the part it lies in."""
    return (
        f"SELECT at, root, root % {buckets} AS bucket, part FROM ("
        "SELECT l.at, l.part, coalesce(f.low, h.root, l.at) AS root FROM line AS l LEFT JOIN hanging AS h ON l.at = h.at"
        " LEFT JOIN followed AS f ON coalesce(h.root, l.at) = f.at) AS told"
    )


# A stillborn twin counts for the delivery of its mother and day, in whatever bucket that is.
GHOSTS = " UNION ".join(
    "SELECT d.at, h.bucket FROM (SELECT l.at, l.mother_code, l.mother_sound, l.born, o.bucket FROM line AS l"
    f" JOIN home AS o ON l.at = o.at WHERE l.still = 1{dead}) AS d"
    f" JOIN line AS l ON {meet} JOIN home AS h ON l.at = h.at WHERE l.still = 0 AND h.bucket <> d.bucket"
    for dead, meet in (
        ("", "l.mother_code = d.mother_code AND l.born = d.born"),
        (
            " AND l.mother_code IS NULL",
            "l.mother_sound = d.mother_sound AND l.born = d.born AND l.mother_code IS NULL",
        ),
    )
)
SOLVED_FROM = ["at", "record", "source", *READ]
_OWN = ", ".join(f"l.{name}" for name in SOLVED_FROM)
# Rows that a bucket has from other parts, its stillborn guests among them; rows of its part that belong elsewhere.
ARRIVED = f"""
SELECT h.bucket AS part, 0 AS ghost, {_OWN} FROM line AS l JOIN (SELECT at, bucket FROM home WHERE bucket <> part) AS h
ON l.at = h.at UNION ALL SELECT g.bucket AS part, 1 AS ghost, {_OWN} FROM line AS l JOIN ghost AS g ON l.at = g.at
"""
LEFT = "SELECT part, at FROM home WHERE bucket <> part"
PAIRS = "SELECT h.bucket AS part, s.a, s.b, s.score, s.pattern FROM scored AS s JOIN home AS h ON s.a = h.at"
