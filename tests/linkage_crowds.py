"""一群人家 — families in a county that does not exist, told alike by every source or with one value for everybody."""

import datetime as dt
import random
from typing import Any

import pyarrow as pa

SOURCES = ("registration", "hospital_delivery", "vaccination", "birth_certificate")
FAMILY, GIVEN = (
    "王李张刘陈杨赵黄周吴徐孙胡朱高林何郭马罗",
    "静丽敏芳燕霞萍玲梅英艳莉娜兰颖洁云倩莹琳雪慧萱怡瑶薇佳欣妮蓉",
)
_WEIGHTS = (7, 9, 10, 5, 8, 4, 2, 1, 6, 3, 7, 9, 10, 5, 8, 4, 2)
_KINDS = {"born": pa.date32()} | dict.fromkeys(("minute", "weight", "order", "plurality"), pa.int64())


def number(which: int) -> str:
    """A valid woman's number in a county that does not exist, another one for each mother."""
    first = f"338771{1980 + which % 20}{1 + which % 12:02d}{1 + which % 28:02d}{which % 499 * 2:03d}"
    return first + "10X98765432"[sum(int(digit) * weight for digit, weight in zip(first, _WEIGHTS, strict=True)) % 11]


def family(which: int) -> dict[str, Any]:
    """One family and its child, the same at every call, unlike the others."""
    lot = random.Random(which)
    father = lot.choice(FAMILY)
    return {
        "mother_name": lot.choice(FAMILY) + lot.choice(GIVEN) + lot.choice(GIVEN),
        "mother_id": number(which),
        "father_name": father + lot.choice(GIVEN) + lot.choice(GIVEN),
        "baby_name": father + lot.choice(GIVEN) + lot.choice(GIVEN),
        "born": dt.date(2025, 1, 1) + dt.timedelta(lot.randrange(300)),
        "minute": lot.randrange(1, 1440),
        "sex": lot.choice("12"),
        "weight": lot.randrange(2400, 4200),
        "phone": f"16{which * 7919 % 10**9:09d}",
        "institution": f"33877120{lot.randrange(7)}",
        "address": f"338771{lot.randrange(90):03d}{lot.randrange(9):03d}",
    }


def crowd(families: int, sources: tuple[str, ...] = SOURCES, **same: Any) -> pa.Table:
    """`families` births in each of the sources, all told alike; `same` values overwrite everybody's."""
    rows = [
        family(which) | same | {"record": f"{source}|{which}", "source": source}
        for source in sources
        for which in range(families)
    ]
    return table(rows)


def table(rows: list[dict[str, Any]]) -> pa.Table:
    names = sorted({name for row in rows for name in row})
    return pa.table({name: pa.array([row.get(name) for row in rows], _KINDS.get(name, pa.string())) for name in names})


def copies(of: dict[str, Any], times: int, source: str = "registration") -> pa.Table:
    """One record sent so many times by one source under new numbers."""
    return table([of | {"record": f"{source}|7|{at}", "source": source} for at in range(times)])


def alike(rows: int, stated: int | None, sources: tuple[str, ...] = SOURCES, **same: Any) -> pa.Table:
    """50 deliveries, told by each source in so many rows that say the same: no name, no rank, one time and weight."""
    return table(
        [
            family(which)
            | {"baby_name": None, "plurality": stated, "record": f"{source}|{which}|{row}", "source": source}
            | same
            for which in range(50)
            for source in sources
            for row in range(rows)
        ]
    )
