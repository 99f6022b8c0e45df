"""方格地图 — one square a street in rough geography, from its code table; a map is drawn only from an approved outline."""

import csv

from renjia.engine.pages import DEFINITIONS


def _read() -> dict[str, tuple[int, int, str]]:
    with (DEFINITIONS / "codelists" / "tiles.csv").open(encoding="utf-8", newline="") as file:
        return {r["代码"]: (int(r["列"]), int(r["行"]), r["简称"]) for r in csv.DictReader(file)}


# code → column, row, short name
TILES = _read()
