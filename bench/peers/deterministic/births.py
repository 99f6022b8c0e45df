"""Births linked by ten deterministic passes in DuckDB, a hand score, mutual best, one per source. Bench only.

`births.py FOLDER OUT` reads the four raw files, cleans them, and writes the pairs (a, b). The weights and the threshold
are an experienced analyst's; nothing is learned.
"""

import json
import sys
import time
from itertools import combinations
from pathlib import Path

import duckdb

sys.path.insert(0, str(Path(__file__).resolve().parents[1]))
from cleaning import SOURCES, read

PASSES = (
    "a.mother_number = b.mother_number AND a.born = b.born",
    "a.mother_number = b.mother_number AND abs(a.born - b.born) <= 40 AND a.mother_number <> ''",
    "a.certificate = b.certificate",
    "a.mother_sound = b.mother_sound AND a.born = b.born AND a.phone = b.phone",
    "a.mother_sound = b.mother_sound AND a.born = b.born AND a.street = b.street",
    "a.mother_sound = b.mother_sound AND a.born = b.born AND a.father_sound = b.father_sound",
    "a.father_number = b.father_number AND a.born = b.born",
    "a.phone = b.phone AND a.born = b.born AND a.sex = b.sex",
    "a.mother_sound = b.mother_sound AND a.born = b.born AND a.institution = b.institution",
    "a.baby_sound = b.baby_sound AND a.mother_sound = b.mother_sound AND abs(a.born - b.born) <= 40",
)
ENOUGH = 5.0


def _agree(column: str, same: float, other: float) -> str:
    return f"CASE WHEN a.{column} IS NULL OR b.{column} IS NULL THEN 0 WHEN a.{column} = b.{column} THEN {same} ELSE {other} END"


def _near(column: str, steps: list[tuple[float, float]], other: float) -> str:
    inside = " ".join(f"WHEN abs(a.{column} - b.{column}) <= {within} THEN {worth}" for within, worth in steps)
    return f"CASE WHEN a.{column} IS NULL OR b.{column} IS NULL THEN 0 {inside} ELSE {other} END"


def _name(person: str, same: float, alike: float, near: float, other: float) -> str:
    plain, sound = person, f"{person}_sound"
    return f"""CASE WHEN a.{plain} IS NULL OR b.{plain} IS NULL THEN 0 WHEN a.{plain} = b.{plain} THEN {same}
        WHEN a.{sound} = b.{sound} THEN {alike} WHEN levenshtein(a.{sound}, b.{sound}) <= 1 THEN {near} ELSE {other} END"""


SCORE = " + ".join((
    "CASE WHEN a.mother_number IS NULL OR b.mother_number IS NULL THEN 0 WHEN a.mother_number = b.mother_number THEN 8"
    " WHEN damerau_levenshtein(a.mother_number, b.mother_number) <= 1 THEN 5 ELSE -4 END",
    _name("mother", 4, 3, 1, -3), _name("father", 3, 2.5, 0.5, -2), _agree("father_number", 5, -1),
    _near("born", [(0, 4), (1, 2), (40, -1)], -6), _agree("phone", 3, -0.5), _agree("street", 1.5, -0.5),
    _agree("institution", 1.5, -1), _agree("certificate", 9, -5),
    _agree("sex", 0.5, -4), _agree("nth", 1, -4), _near("weight", [(0, 2), (10, 1.5), (50, 0)], -3),
    _near("minute", [(0, 2), (10, 0.5)], -2), _name("baby", 4, 3, 0, -3),
))  # fmt: skip


def main(folder: Path, out: Path) -> None:
    marks = [time.perf_counter()]
    con = duckdb.connect()
    read(con, folder)
    marks.append(time.perf_counter())
    con.execute("CREATE TABLE best (a VARCHAR, b VARCHAR, score DOUBLE)")
    for left, right in combinations(SOURCES, 2):
        passes = " UNION ".join(
            f"SELECT a.rowid AS x, b.rowid AS y FROM {left} a JOIN {right} b ON {rule}" for rule in PASSES
        )
        con.execute(f"""
            CREATE OR REPLACE TEMP TABLE scored AS
            SELECT a.unique_id AS a, b.unique_id AS b, {SCORE} AS score
            FROM ({passes}) pair JOIN {left} a ON a.rowid = pair.x JOIN {right} b ON b.rowid = pair.y
        """)
        con.execute(f"""
            INSERT INTO best
            SELECT a, b, score FROM scored WHERE score >= {ENOUGH}
            QUALIFY row_number() OVER (PARTITION BY a ORDER BY score DESC, b) = 1
                AND row_number() OVER (PARTITION BY b ORDER BY score DESC, a) = 1
        """)
    marks.append(time.perf_counter())
    con.execute(f"COPY (SELECT a, b FROM best) TO '{out}' (FORMAT parquet)")
    print(json.dumps({"读取清洗": marks[1] - marks[0], "比对": marks[2] - marks[1]}))


if __name__ == "__main__":
    main(Path(sys.argv[1]), Path(sys.argv[2]))
