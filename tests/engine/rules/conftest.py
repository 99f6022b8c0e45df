"""A small law of its own: one fact, one monthly scheme, one yearly, one paid once, two places."""

from collections.abc import Callable
from datetime import date
from pathlib import Path

import pyarrow as pa
import pytest

from renjia.engine.rules import Tables
from renjia.engine.rules.schemas import TABLES
from renjia.engine.sql import small_table

FACT = """-- 老人 — 一行一个人
SELECT
  p.person AS id,                    -- 编号
  p.sex,                             -- 性别
  p.born,                            -- 出生日期
  CASE WHEN p.died <= q.today THEN p.died END AS died, -- 死亡日期
  p.nationality,                     -- 国籍
  h.place AS hukou,                  -- 户籍地
  h.source AS hukou__source,         -- 户籍地出自哪里
  e."from" AS retired_on             -- 退休日
FROM person p CROSS JOIN asked q
LEFT JOIN hukou h ON h.person = p.person
LEFT JOIN employment e ON e.person = p.person AND e.kind = 'retired'
"""
MONTHLY = """scheme: trial_monthly
name: 试验月补
known_as: [T-M, 月补]
cites: {document: 试验办法, number: 试〔2020〕1号}
since: 2020-01-01
per: elder

standards:
  standard: {2020-01-01: 100, 2022-07-01: 150.50, unit: 元／人／月, confirmed: true, source: 试〔2020〕1号}
  age: {2020-01-01: 60, unit: 周岁, confirmed: true, source: 试〔2020〕1号}
  first_offset: {2020-01-01: 0, unit: 月, confirmed: true, source: 试〔2020〕1号}
  twin_rule: {2020-01-01: 待定, source: 未见文件}
choices: {twin_rule: [ALLOW, DENY]}
wants: {twin_rule: 《双胞胎口径》}

given:
  reached: reach_date(born, age)

conditions:
  - 一 年满60周岁: reached <= today
  - 二 本市户籍: {test: 'within(hukou, city)', paper: 户口簿}
  - 三 元旦出生的另有口径: CASE WHEN month(born) = 1 AND day(born) = 1 THEN twin_rule = 'ALLOW' ELSE TRUE END

course:
  every: month
  first: greatest(month_of(reached) + first_offset, 2020 * 12 + 1)
  last: month_of(died)
amount:
  - 四 每月按标准发: standard

cases:
  - 满六十当天:
      on: 2020-06-10
      elder: |
        id born       hukou
        a  1960-06-10 310115
        b  1960-06-11 310115
      gives: {a: {决定: 符合, 起: 2020-06, 金额: 100, 条件: ✓✓✓✓}, b: 不符合}
"""
YEARLY = """scheme: trial_yearly
name: 试验年补
cites: {document: 试验办法}
since: 2020-01-01
per: elder
standards:
  standard: {2020-01-01: 1000, 2022-01-01: 1100, 2023-07-01: 1300, unit: 元／人／年, confirmed: true, source: 试}
conditions:
  - 一 出生日期已知: born IS NOT NULL
course: {every: year, first: month_of(born) + 720, last: month_of(born) + 720 + 29, total: whole, at_most: 4}
amount:
  - 二 按月折算: share_of(standard, months, 12)
monthly: share_of(standard, 1, 12)
"""
ONCE = """scheme: trial_once
name: 试验一次性
cites: {document: 试验办法}
since: 2010-01-01
per: elder
standards:
  standard: {2010-01-01: 2300, 2011-01-01: 5000, unit: 元, confirmed: true, confirmed_until: 2019-12-31, source: 试}
conditions:
  - 一 已退休: retired_on <= today
course: {every: once, first: retired_on}
amount:
  - 二 一次发给: standard
"""
LOCALITY = """locality: '310000'
name: 甲市
schemes:
  trial_monthly:
    standard: {2021-03-01: 200, unit: 元／人／月, confirmed: true, source: 甲市文件}
    twin_rule: {2020-01-01: DENY, confirmed: true, source: 甲市文件}
"""
DISTRICT = """locality: '310115'
name: 甲区
schemes:
  trial_monthly:
    standard: {2023-01-01: 待定, unit: 元／人／月, source: 甲区文件（缺）}
"""


@pytest.fixture
def root(tmp_path: Path) -> Path:
    """The definitions folder of the small law."""
    law = tmp_path / "definitions"
    for path, text in (
        ("facts/people/elder.sql", FACT),
        ("schemes/trial_monthly/2020-01-01.yaml", MONTHLY),
        ("schemes/trial_yearly/2020-01-01.yaml", YEARLY),
        ("schemes/trial_once/2010-01-01.yaml", ONCE),
        ("localities/310000.yaml", LOCALITY),
        ("localities/310115.yaml", DISTRICT),
    ):
        (law / path).parent.mkdir(parents=True, exist_ok=True)
        (law / path).write_text(text, encoding="utf-8")
    return law


@pytest.fixture
def elders(root: Path) -> Callable[..., Tables]:
    """Opens the tables from small texts by name."""
    opened: list[Tables] = []

    def open_tables(known: date | None = None, **texts: str) -> Tables:
        tables: dict[str, pa.Table] = {name: small_table(TABLES[name].schema, text) for name, text in texts.items()}
        opened.append(Tables(tables, known=known, root=root, threads=1))
        return opened[-1]

    yield open_tables
    for one in opened:
        one.close()


@pytest.fixture
def edited(root: Path) -> Callable[[str, str, str], Path]:
    """Replaces a piece of a file of the small law; answers the root."""

    def edit(path: str, old: str, new: str) -> Path:
        file = root / path
        text = file.read_text(encoding="utf-8")
        assert old in text, f"the trial does not touch {path}: {old}"
        file.write_text(text.replace(old, new, 1), encoding="utf-8")
        return root

    return edit
