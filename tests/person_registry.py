"""A made-up person registry with known truth: homophones, 15-place numbers, moves, strangers of one name, twins. Nobody exists."""

import datetime as dt
from dataclasses import dataclass

import numpy as np
import pyarrow as pa

from renjia.engine.units import check_character

SURNAMES = "王李张刘陈杨黄赵吴周徐孙马朱胡林郭何高罗郑梁谢宋唐许韩冯邓曹彭曾肖田董潘袁蔡蒋余"
GIVEN = "伟芳娜敏静丽强磊军洋勇艳杰娟涛明超霞平刚桂英华玉兰秀红梅建国文志海燕春建辉欣怡子轩浩然雨桐梓涵思佳宇诗晨嘉俊"
HOMOPHONES = dict(
    zip("伟芳静丽明华辉欣怡轩宇嘉俊梅燕佳涛霞娟英", "玮方婧莉铭桦晖馨宜萱雨佳峻玫艳家韬侠涓瑛", strict=True)
)
ROADS = [f"{a}{b}路" for a in "东西南北中云海山河江" for b in "安宁和平昌盛光明新华"]


@dataclass(frozen=True)
class Made:
    """Records, and the true pairs of record keys (smaller first); `twins`: pairs that are two twins; `namesakes` likewise."""

    table: pa.Table
    pairs: set[tuple[str, str]]
    twins: set[tuple[str, str]]
    namesakes: set[tuple[str, str]]


@dataclass
class _Person:
    name: str
    born: dt.date
    sex: int
    number: str
    phone: str
    address: str
    home: int


def _number(random: np.random.Generator, born: dt.date, sex: int, order: int | None = None) -> str:
    order = int(random.integers(0, 500)) if order is None else order
    body = f"3101{random.integers(90, 96)}{born:%Y%m%d}{2 * order % 1000 + sex % 2:03d}"
    return body + check_character(body)


def _day(random: np.random.Generator, first: int, last: int) -> dt.date:
    return dt.date(first, 1, 1) + dt.timedelta(days=int(random.integers(0, 365 * (last - first))))


def _letters(random: np.random.Generator, letters: str, size: int) -> str:
    weight = 1 / np.arange(1, len(letters) + 1) ** 0.6
    return "".join(letters[i] for i in random.choice(len(letters), size, p=weight / weight.sum()))


def _given(random: np.random.Generator) -> str:
    return _letters(random, GIVEN, 1 if random.random() < 0.2 else 2)


def _phone(random: np.random.Generator) -> str:
    return f"1{random.integers(30, 99)}{random.integers(0, 10**8):08d}"


def _address(random: np.random.Generator) -> str:
    road = ROADS[int(random.integers(len(ROADS)))]
    return (
        f"{road}{random.integers(1, 300)}弄{random.integers(1, 60)}号{random.integers(1, 20)}0{random.integers(1, 5)}室"
    )


def _homes(random: np.random.Generator, homes: int) -> list[_Person]:
    people: list[_Person] = []
    for home in range(homes):
        address, phones = _address(random), [_phone(random), _phone(random)]
        surnames = _letters(random, SURNAMES, 2)
        for at in range(int(random.choice([1, 2, 2, 2]))):
            born, sex = _day(random, 1945, 2000), at + 1
            name = surnames[at] + _given(random)
            people.append(_Person(name, born, sex, _number(random, born, sex), phones[at], address, home))
        shared = _letters(random, GIVEN, 1)
        day = _day(random, 2001, 2024)
        for order in range(int(random.choice([0, 0, 1, 1, 2]))):
            twin = order == 1 and random.random() < 0.3
            born = day if order == 0 or twin else _day(random, 2001, 2024)
            sex = int(random.integers(1, 3))
            name = surnames[0] + shared + _letters(random, GIVEN, 1)
            while twin and name == people[-1].name:
                name = surnames[0] + shared + _letters(random, GIVEN, 1)
            people.append(_Person(name, born, sex, _number(random, born, sex), phones[0], address, home))
    return people


def _namesakes(random: np.random.Generator, people: list[_Person]) -> list[tuple[int, int]]:
    """Strangers who bear the name and the sex, some of them the birthday too, of somebody else."""
    pairs = []
    for at in random.choice(len(people), max(len(people) // 50, 1), replace=False).tolist():
        other = people[at]
        born = other.born if random.random() < 0.3 else _day(random, 1945, 2020)
        number = _number(random, born, other.sex)
        if number == other.number:
            continue
        pairs.append((at, len(people)))
        people.append(_Person(other.name, born, other.sex, number, _phone(random), _address(random), -1))
    return pairs


def _misspelt(random: np.random.Generator, name: str) -> str:
    if random.random() < 0.05 and any(letter in HOMOPHONES for letter in name[1:]):
        return name[0] + "".join(HOMOPHONES.get(letter, letter) for letter in name[1:])
    if random.random() < 0.01:
        at = int(random.integers(1, len(name)))
        return name[:at] + _letters(random, GIVEN, 1) + name[at + 1 :]
    return name


def _miskeyed(random: np.random.Generator, number: str) -> str:
    luck = random.random()
    if luck < 0.08:
        return ""
    if luck < 0.16:
        return number[:6] + number[8:17] if number[6:8] == "19" else number
    at = int(random.integers(0, 16))
    if luck < 0.19:
        return number[:at] + str((int(number[at]) + 1 + int(random.integers(0, 8))) % 10) + number[at + 1 :]
    return number[:at] + number[at + 1] + number[at] + number[at + 2 :] if luck < 0.20 else number


def _day_told(random: np.random.Generator, born: dt.date) -> str:
    luck = random.random()
    if luck < 0.02:
        return str(born + dt.timedelta(days=1))
    if luck < 0.03 and born.day <= 12:
        return f"{born.year}-{born.day:02d}-{born.month:02d}"
    return "" if luck < 0.05 else f"{born:%Y年%m月%d日}" if luck < 0.4 else str(born)


def _told(random: np.random.Generator, one: _Person, other: _Person, address: str, phone: str) -> dict[str, str]:
    """A record as an office would write it of this person; at times it has the number of `other`, of the same home."""
    luck = random.random()
    number = other.number if random.random() < 0.002 else one.number
    return {
        "name": _misspelt(random, one.name),
        "id_number": _miskeyed(random, number),
        "born": _day_told(random, one.born),
        "sex": "男女"[(one.sex if random.random() > 0.004 else 3 - one.sex) - 1],
        "phone": "" if random.random() < 0.1 else phone,
        "address": "" if luck < 0.05 else address.split("号")[0] + "号" if luck < 0.2 else address,
    }


def made(seed: int = 7, homes: int = 1200, again: float = 0.4, sources: bool = False) -> Made:
    """A registry of `homes` homes; `again`: share of people with a second record (of source B, if `sources`)."""
    random = np.random.default_rng(seed)
    people = _homes(random, homes)
    doubles = _namesakes(random, people)
    moved = {home: (_address(random), _phone(random)) for home in range(homes) if random.random() < 0.2}
    rows, own = [], [[] for _ in people]
    for at, one in enumerate(people):
        copies = 1 + int(random.random() < again) + (0 if sources else int(random.random() < again / 8))
        for copy in range(copies):
            address, phone = moved.get(one.home, (one.address, one.phone)) if copy else (one.address, one.phone)
            key = f"{random.integers(0, 10**9):09d}-{at}-{copy}"
            told = _told(random, one, people[at - 1], address, phone)
            rows.append({"record": key, "source": "AB"[copy] if sources else "登记", **told})
            own[at].append(key)

    def between(p: int, q: int) -> set[tuple[str, str]]:
        return {(min(x, y), max(x, y)) for x in own[p] for y in own[q] if x != y}

    return Made(
        table=pa.Table.from_pylist([rows[at] for at in random.permutation(len(rows)).tolist()]),
        pairs={pair for at in range(len(people)) for pair in between(at, at)},
        twins={
            pair
            for at in range(1, len(people))
            if people[at].home == people[at - 1].home and people[at].born == people[at - 1].born
            for pair in between(at - 1, at)
        },
        namesakes={pair for p, q in doubles for pair in between(p, q)},
    )
