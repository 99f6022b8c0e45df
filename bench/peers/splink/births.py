"""Births linked by Splink 5 on DuckDB: link_only, 14 comparisons, 10 blocking rules, trained without labels. Bench only.

`births.py FOLDER OUT [--greedy]` reads the four raw files, cleans them, trains, predicts and writes clusters (record,
cluster): Splink's own connected components at match weight 4, or, greedy, the pairs taken by falling weight and two
clusters joined only when they share no source.
"""

import argparse
import json
import sys
import time
import warnings
from itertools import pairwise
from pathlib import Path

import duckdb
import pyarrow as pa
import pyarrow.parquet as pq
import splink.comparison_level_library as levels
import splink.comparison_library as comparisons
from splink import DuckDBAPI, Linker, SettingsCreator, block_on

sys.path.insert(0, str(Path(__file__).resolve().parents[1]))


from cleaning import SOURCES, read

ENOUGH = 4.0
SAMPLE = 1_000_001  # pairs to learn from; twenty times as many, other rules to learn by, changed F1 by less than 0.0001


def _name(person: str) -> comparisons.CustomComparison:
    sound = f"{person}_sound"
    return comparisons.CustomComparison(
        output_column_name=person,
        comparison_levels=[
            levels.NullLevel(person),
            levels.ExactMatchLevel(person, term_frequency_adjustments=True),
            levels.ExactMatchLevel(sound, term_frequency_adjustments=True),
            levels.LevenshteinLevel(sound, 1),
            levels.ElseLevel(),
        ],
    )


def _steps(column: str, *within: int) -> comparisons.CustomComparison:
    return comparisons.CustomComparison(
        output_column_name=column,
        comparison_levels=[
            levels.NullLevel(column),
            *(levels.CustomLevel(f"abs({column}_l - {column}_r) <= {most}", f"within {most}") for most in within),
            levels.ElseLevel(),
        ],
    )


def _place() -> comparisons.CustomComparison:
    return comparisons.CustomComparison(
        output_column_name="place",
        comparison_levels=[
            levels.NullLevel("place"),
            levels.ExactMatchLevel("place"),
            levels.ExactMatchLevel("street"),
            levels.CustomLevel("substr(place_l, 1, 6) = substr(place_r, 1, 6)", "same district"),
            levels.ElseLevel(),
        ],
    )


SETTINGS = SettingsCreator(
    link_type="link_only",
    unique_id_column_name="unique_id",
    source_dataset_column_name="source",
    comparisons=[
        comparisons.DamerauLevenshteinAtThresholds("mother_number", [1, 2]),
        _name("mother"),
        _name("father"),
        comparisons.DamerauLevenshteinAtThresholds("father_number", [1, 2]),
        _steps("born", 0, 1, 31),
        comparisons.DamerauLevenshteinAtThresholds("phone", [1]),
        _place(),
        comparisons.ExactMatch("institution").configure(term_frequency_adjustments=True),
        comparisons.DamerauLevenshteinAtThresholds("certificate", [1]),
        _name("baby"),
        comparisons.ExactMatch("sex"),
        comparisons.ExactMatch("nth"),
        _steps("weight", 0, 10, 50, 200),
        _steps("minute", 0, 10, 60),
    ],
    blocking_rules_to_generate_predictions=[
        block_on("mother_number"),
        block_on("certificate"),
        block_on("mother_sound", "father_sound"),
        block_on("mother_sound", "phone"),
        block_on("mother_sound", "born", "street"),
        block_on("phone", "born"),
        block_on("father_number", "born"),
        block_on("mother_sound", "born", "institution"),
        block_on("baby_sound", "born"),
        block_on("father_sound", "born", "street"),
    ],
    retain_matching_columns=False,
    retain_intermediate_calculation_columns=False,
)  # fmt: skip


def greedy(pairs: pa.Table, source: dict[str, int]) -> pa.Table:
    """One record per source: `pairs` (a, b) by falling weight, two clusters joined when they have no source in common."""
    a, b = pairs["a"].to_pylist(), pairs["b"].to_pylist()
    parent: dict[str, str] = {}
    held = dict(source)

    def root(one: str) -> str:
        while parent.get(one, one) != one:
            parent[one] = parent.get(parent[one], parent[one])
            one = parent[one]
        return one

    for x, y in zip(a, b, strict=True):
        one, other = root(x), root(y)
        if one != other and not held[one] & held[other]:
            parent[other] = one
            held[one] |= held[other]
    return pa.table({"record": list(held), "cluster": [root(record) for record in held]})


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("folder", type=Path)
    parser.add_argument("out", type=Path)
    parser.add_argument("--greedy", action="store_true")
    asked = parser.parse_args()
    warnings.simplefilter("ignore")
    marks = {"": time.perf_counter()}
    con = duckdb.connect()
    read(con, asked.folder)
    marks["读取清洗"] = time.perf_counter()
    database = DuckDBAPI(con)
    frames = [database.register(source, dataset_display_name=source) for source in SOURCES]
    linker = Linker(frames, SETTINGS, log_level="ERROR")
    training = linker.training
    training.estimate_probability_two_random_records_match(
        [block_on("mother_number", "born"), block_on("certificate"), block_on("mother_sound", "born", "phone")],
        recall=0.95,
    )
    training.estimate_u_using_random_sampling(max_pairs=SAMPLE, seed=1)
    for rule in (block_on("mother_number", "born"), block_on("mother_sound", "phone")):
        training.estimate_parameters_using_expectation_maximisation(rule, max_pairs=SAMPLE)
    marks["训练"] = time.perf_counter()
    found = linker.inference.predict(threshold_match_weight=ENOUGH)
    marks["打分"] = time.perf_counter()
    if asked.greedy:
        pairs = con.sql(
            f"SELECT unique_id_l AS a, unique_id_r AS b FROM {found.physical_name} ORDER BY match_weight DESC, a, b"
        )
        sources = " UNION ALL ".join(
            f"SELECT unique_id, {1 << place} AS bit FROM {name}" for place, name in enumerate(SOURCES)
        )
        ids = con.sql(sources).to_arrow_table()
        held = dict(zip(ids["unique_id"].to_pylist(), ids["bit"].to_pylist(), strict=True))
        pq.write_table(greedy(pairs.to_arrow_table(), held), asked.out)
    else:
        clusters = linker.clustering.cluster_pairwise_predictions_at_threshold(found, threshold_match_weight=ENOUGH)
        con.execute(
            f"COPY (SELECT unique_id AS record, cluster_id AS cluster FROM {clusters.physical_name}) TO '{asked.out}' (FORMAT parquet)"
        )
    marks["成组"] = time.perf_counter()
    names = list(marks)
    print(json.dumps({name: marks[name] - marks[before] for before, name in pairwise(names)}))


if __name__ == "__main__":
    main()
