"""One folder of raw files linked by us, as a process of its own: `linkage_ours.py [--learned] FOLDER OUT`.

Prints the seconds of its stages as JSON.
"""

import json
import sys
import time
from itertools import pairwise
from pathlib import Path

import pyarrow.parquet as pq
from linkage_files import read

from renjia.engine.linkage import keep_freed_memory, learn, link


def ours(folder: Path, out: Path, *, learned: bool) -> None:
    """Read, link, write; as `renjia link` does."""
    keep_freed_memory()
    marks = {"": time.perf_counter()}
    table = read(folder)
    marks["读取"] = time.perf_counter()
    model = learn(table).model if learned else None
    marks["学参数"] = time.perf_counter()
    linked = link(table, model=model)
    marks["对账"] = time.perf_counter()
    pq.write_table(linked.assignment, out)
    marks["写出"] = time.perf_counter()
    names = list(marks)
    print(json.dumps({name: marks[name] - marks[before] for before, name in pairwise(names)}))


if __name__ == "__main__":
    *flags, given, wanted = sys.argv[1:]
    ours(Path(given), Path(wanted), learned="--learned" in flags)
