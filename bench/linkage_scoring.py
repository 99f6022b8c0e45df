"""What a linkage found against what is true: pairs of records of different sources, in all and among twins.

Counted by group-bys in DuckDB, never by making the pairs of a cluster. A pair touches a twin when either record belongs
to a delivery of several children. Records are `source|record`.
"""

from dataclasses import dataclass

import duckdb
import pyarrow as pa


@dataclass(frozen=True, slots=True)
class Counts:
    """对数 — pairs said, pairs said that are right, pairs that are true."""

    found: int
    right: int
    true: int

    @property
    def precision(self) -> float:
        return self.right / self.found if self.found else 1.0

    @property
    def recall(self) -> float:
        return self.right / self.true if self.true else 1.0

    @property
    def f1(self) -> float:
        return 2 * self.right / (self.found + self.true) if self.found + self.true else 1.0

    def __sub__(self, other: "Counts") -> "Counts":
        return Counts(self.found - other.found, self.right - other.right, self.true - other.true)


@dataclass(frozen=True, slots=True)
class Marks:
    """得分 — over all pairs, and over those that touch a twin or triplet."""

    all: Counts
    twins: Counts


class Truth:
    """真值 — `truth` has source, record, child, delivery; `kept` (records) narrows every count to pairs among them."""

    def __init__(self, truth: pa.Table, kept: pa.Table | None = None) -> None:
        self.con = duckdb.connect()
        self.con.register("given", truth)
        self.con.execute("""
            CREATE TABLE truth AS
            SELECT source || '|' || record AS record, source, child, delivery,
                   (count(DISTINCT child) OVER (PARTITION BY delivery)) > 1 AS twin
            FROM given
        """)
        if kept is not None:
            self.con.register("kept", kept)
            self.con.execute("DELETE FROM truth WHERE record NOT IN (SELECT record FROM kept)")
        self.true, self.true_single = (self._of("truth", "child", only) for only in ("true", "NOT twin"))

    def clusters(self, clusters: pa.Table) -> Marks:
        """成组的 — `clusters` has record, cluster; a record left out stands alone."""
        self.con.register("clusters", clusters)
        self.con.execute("CREATE OR REPLACE TABLE said AS SELECT * FROM truth JOIN clusters USING (record)")
        found, right = self._of("said", "cluster", "true"), self._of("said", "cluster, child", "true")
        single, single_right = self._of("said", "cluster", "NOT twin"), self._of("said", "cluster, child", "NOT twin")
        whole = Counts(found, right, self.true)
        return Marks(whole, whole - Counts(single, single_right, self.true_single))

    def pairs(self, pairs: pa.Table) -> Marks:
        """成对的 — `pairs` has a, b; repeated, turned and same-source pairs count once or not."""
        self.con.register("pairs", pairs)
        rows = self.con.execute("""
            WITH said AS (SELECT DISTINCT least(a, b) AS a, greatest(a, b) AS b FROM pairs)
            SELECT x.twin OR y.twin, count(*), count(*) FILTER (x.child = y.child)
            FROM said JOIN truth x ON x.record = said.a JOIN truth y ON y.record = said.b
            WHERE x.source <> y.source GROUP BY 1
        """).fetchall()
        counted = {twin: (found, right) for twin, found, right in rows}
        (found, right), (single, single_right) = (
            tuple(map(sum, zip(*(counted.get(twin, (0, 0)) for twin in twins), strict=True)))
            for twins in ((True, False), (False,))
        )
        whole = Counts(found, right, self.true)
        return Marks(whole, whole - Counts(single, single_right, self.true_single))

    def _of(self, table: str, key: str, only: str) -> int:
        """Pairs of different sources that share `key`."""
        return int(
            self.con.execute(f"""
            WITH parts AS (SELECT {key}, source, count(*) AS n FROM {table} WHERE {only} GROUP BY ALL),
                 wholes AS (SELECT sum(n) AS whole, sum(n * n) AS inside FROM parts GROUP BY {key})
            SELECT coalesce(sum(whole * whole - inside), 0) // 2 FROM wholes
        """).fetchall()[0][0]
        )
