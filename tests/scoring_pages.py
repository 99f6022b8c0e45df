"""A small rubric written to a folder, for trials of the grammar."""

from pathlib import Path

COVER = """
rubric: trial
name: 试行细则
cites: {document: 某办法, number: 一号}
since: 2025-01-01
parts: {main: {name: 主要, limit: 20, floor: 0}}
blocks:
  one: {name: 甲块, limit: 20, floor: 0, items: [thing]}
ranking: {by: total, then: []}
grading: {undecided: 未定}
grades:
  好: {when: {total: total ≥ 10}}
  差: {when: {total: total < 10}}
readings:
  Q1_way: {name: 一处, why: 试, values: {ceil: 进, floor: 舍}}
  Q2_word: {name: 二处, why: 试, values: {kept: 留, other: 换}}
"""
THING = """
item: thing
name: 一件事
cites: {document: 某办法, number: 一号, article: 第一条}
says: 做好这件事。
facts:
  件数（件）: {type: count, unit: 件, full: 4}
  占比（%）: {type: percentage, unit: "%", full: 90}
  做了（是/否）: {type: yes_no, full: 是}
atoms:
  T1: {says: 少一件扣二分, short: 件数（件）, target: 4, points: 2}
  T2: {says: 占比低于九十, step: 占比（%）, below: 90, each: 5, points: 1, count: Q1_way, readings: {Q2_word: {other: {each: 10}}}}
  T3: {says: 没有做, once: 「做了（是/否）」 = 否, points: 3}
"""


def write(root: Path, cover: str = COVER, thing: str = THING, **others: str) -> Path:
    folder = root / "rubrics" / "trial"
    folder.mkdir(parents=True, exist_ok=True)
    (folder / "_rubric.yaml").write_text(cover.lstrip("\n"))
    (folder / "thing.yaml").write_text(thing.lstrip("\n"))
    for name, text in others.items():
        (folder / f"{name}.yaml").write_text(text.lstrip("\n"))
    return root
