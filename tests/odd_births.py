"""古怪的出生 — small towns where nearly everything is shared, misspelt or missing, for tests that two roads agree.

Few surnames and phones, so that values are shared by many mothers; documents in every spelling, men's in the mothers'
column; twins, stillbirths, labels for names, sources nobody knows, and decisions that do not contradict one another.
"""

import datetime as dt
import random
from typing import Any

import pyarrow as pa

from renjia.engine.linkage import Decision, link

_SURNAMES, _GIVEN = "王李张刘陈", "梅芳丽静伟国强娜秀英"
_SOURCES = (
    "registration", "hospital_delivery", "vaccination", "birth_certificate", "hukou_birth", "zz_other", "aa_other",
)  # fmt: skip
_WEIGHTS = (7, 9, 10, 5, 8, 4, 2, 1, 6, 3, 7, 9, 10, 5, 8, 4, 2)
_WHOLE = ("minute", "weight", "order", "plurality", "parity")


def odd_births(seed: int, families: int = 60) -> tuple[pa.Table, list[Decision]]:
    """一镇 — the records in no order, and what persons decided about some of them."""
    at = random.Random(seed)
    rows: list[dict[str, Any]] = []
    for _ in range(families):
        _family(at, rows)
    at.shuffle(rows)
    kinds = dict.fromkeys(_WHOLE, pa.int64()) | {"born": pa.date32()}
    table = pa.Table.from_pylist(rows, pa.schema([(name, kinds.get(name, pa.string())) for name in rows[0]]))
    return table, _decisions(at, table)


def _name(at: random.Random) -> str:
    return at.choice(_SURNAMES) + "".join(at.choice(_GIVEN) for _ in range(at.choice((1, 2, 2))))


def _number(at: random.Random) -> str:
    body = at.choice(("310115", "320101", "110101")) + at.choice(("1990", "1985"))
    body += f"{at.randint(1, 12):02}{at.randint(1, 28):02}{at.randint(0, 40):03}"
    return body + "10X98765432"[sum(int(digit) * weight for digit, weight in zip(body, _WEIGHTS, strict=True)) % 11]


def _spelt(at: random.Random, number: str) -> str | None:
    place = at.randrange(17)
    spoilt = number[:place] + at.choice("0123456789A") + number[place + 1 :]
    others = (
        number[:6] + number[8:17], number[:17], number[:17] + at.choice("0123456789X"), spoilt, number[:8] + "9" + number[8:],
        "E1234567" + at.choice("0123"), "111111111111111111", "不详", "M12345678(9)", None,
    )  # fmt: skip
    return number if at.random() < 0.6 else at.choice(others)


def _family(at: random.Random, rows: list[dict[str, Any]]) -> None:
    mother, father = _name(at), _name(at)
    numbers = _number(at), _number(at)
    phone = f"13{at.randint(0, 999999999):09}" if at.random() < 0.7 else at.choice(("13800000001", "021-1234567"))
    address = f"31011500{at.randint(1, 3)}00{at.randint(1, 4)}"
    born = dt.date(2025, at.choice((1, 1, 2, 3)), at.randint(1, 28))
    institution = at.choice(("H1", "H2", "H3", "H4"))
    children = at.choice((1, 1, 1, 1, 2, 2, 3))
    for nth in range(children):
        name, sex = father[0] + at.choice(_GIVEN) + at.choice(_GIVEN), at.choice("12")
        weight, minute = at.randint(20, 45) * at.choice((100, 50, 77)), at.randint(0, 1439)
        certificate = f"X3100{at.randint(0, 99999):05}"
        outcome = "still" if at.random() < 0.08 else None
        labels = (mother + "之子", mother + "大女", mother + "宝", "双大", name + "(双2)", mother + "死胎", None)
        for source in _SOURCES:
            if at.random() < (0.95 if "_other" in source else 0.35):
                continue
            for _ in range(at.choice((1, 1, 1, 1, 2))):
                one, other = (_spelt(at, number) for number in numbers)
                if at.random() < 0.1:
                    one, other = other, at.choice((one, other))
                swapped = dt.date(2025, min(born.day, 12), born.month)
                row = {
                    "record": f"{source}|{at.randint(0, 10**6):06}{len(rows)}", "source": source,
                    "mother_name": at.choice((mother, mother, mother, None, _name(at), "LI MEI", "欧阳丽静芳娜")),
                    "mother_id": one, "father_name": at.choice((father, father, None, _name(at))), "father_id": other,
                    "baby_name": at.choice((name, name, name, at.choice(labels))),
                    "born": at.choice((*[born] * 8, None, born + dt.timedelta(1), swapped)),
                    "minute": at.choice((minute, minute, None, (minute + 7) % 1440)),
                    "sex": at.choice((sex, sex, sex, None)), "weight": at.choice((weight, weight, None, weight + 20)),
                    "order": at.choice((nth + 1, None, 1)), "plurality": at.choice((children, None, None)),
                    "parity": at.choice((1, 2, None)), "address": at.choice((address, None, address[:9], address[:6])),
                    "hukou_place": at.choice((address, None)), "phone": at.choice((phone, None)),
                    "institution": at.choice((institution, institution, None)),
                    "certificate": at.choice((certificate, certificate, None, "X310000001")), "outcome": outcome,
                }  # fmt: skip
                rows.append(row)


def _decisions(at: random.Random, table: pa.Table) -> list[Decision]:
    """Joins that make a forest, cuts between its trees: of any two records, of questions, of links."""
    keys = table["record"].to_pylist()
    root = {key: key for key in keys}
    found = [Decision("gone|1", keys[0], same=True)]
    for _ in range(at.choice((0, 3, 8))):
        a, b = at.sample(keys, 2)
        if root[a] != root[b]:
            found.append(Decision(a, b, same=True, level=at.choice(("child", "delivery"))))
            root = {key: root[a] if own == root[b] else own for key, own in root.items()}
    linked = link(table)
    asked = [(row["a"], row["b"]) for one in (linked.questions, linked.evidence) for row in one.to_pylist()]
    pairs = at.sample(asked, min(12, len(asked))) + [tuple(at.sample(keys, 2)) for _ in range(5)]
    found += [
        Decision(a, b, same=False, level=at.choice(("child", "delivery"))) for a, b in pairs if root[a] != root[b]
    ]
    return found
