"""Births joined by pandas: exact mother's number and date of birth, six merges. `births.py FOLDER OUT` writes the pairs.

Bench only. The number is stripped and put in capitals; an empty number or date joins nothing.
"""

import json
import sys
import time
from itertools import combinations
from pathlib import Path

import pandas as pd

SOURCES = ("registration", "hospital_delivery", "vaccination", "birth_certificate")


def main(folder: Path, out: Path) -> None:
    start = time.perf_counter()
    kept = {}
    for source in SOURCES:
        frame = pd.read_parquet(folder / f"{source}.parquet")
        number = frame["mother_id"].str.strip().str.upper()
        key = pd.DataFrame({"record": source + "|" + frame["record"], "number": number, "born": frame["born"]})
        kept[source] = key[number.notna() & (number != "") & frame["born"].notna()]
    read = time.perf_counter() - start
    pairs = pd.concat([
        kept[a].merge(kept[b], on=["number", "born"], suffixes=("_a", "_b"))[["record_a", "record_b"]]
        for a, b in combinations(SOURCES, 2)
    ])  # fmt: skip
    pairs.columns = ["a", "b"]
    pairs.to_parquet(out, index=False)
    print(json.dumps({"读取": read, "连接": time.perf_counter() - start - read}))


if __name__ == "__main__":
    main(Path(sys.argv[1]), Path(sys.argv[2]))
