"""月报的样数 — one district's month, 36 streets, everything present; numbers made up and adding up."""

from datetime import date

import pytest
from hypothesis import strategies as st

from renjia.engine.units import Month
from renjia.work.reports.figures import (
    Agreement,
    Appraised,
    Births,
    BulletinFigures,
    Cases,
    Correction,
    DefinitionVersion,
    InstitutionTimeliness,
    MonthBirths,
    Previous,
    Received,
    StreetFigures,
    Timeliness,
    UnconfirmedStandard,
)

STREETS = (
    "潍坊新村街道 陆家嘴街道 周家渡街道 塘桥街道 上钢新村街道 南码头路街道 沪东新村街道 金杨新村街道 洋泾街道 浦兴路街道 东明路街道 "
    "花木街道 川沙新镇 高桥镇 北蔡镇 合庆镇 唐镇 曹路镇 金桥镇 高行镇 高东镇 张江镇 三林镇 惠南镇 周浦镇 新场镇 大团镇 康桥镇 航头镇 "
    "祝桥镇 泥城镇 宣桥镇 书院镇 万祥镇 老港镇 南汇新城镇"
).split()


def street(at: int, name: str) -> StreetFigures:
    issued = 12 + 7 * at % 61
    left, unverifiable = (at * 5 % 7) // 4, (at * 3 % 11) // 8
    if at == 10:
        issued = left = unverifiable = 0
    late = min(left, at % 2)
    done = issued - left
    return StreetFigures(name, issued, done, done - (at % 5) // 4 * (done > 1), min(unverifiable, done), left, late,
                         code=f"310115{at + 1:03d}")  # fmt: skip


def appraised(at: int, name: str) -> Appraised:
    issued = 30 + at
    late = at % 4
    by_rates = 100 * late if at != 10 else None
    entered = None if at % 9 == 5 else 50 * (at % 3)
    points = None if by_rates is None or entered is None else 1000 - by_rates - entered
    return Appraised(name, f"310115{at + 1:03d}", issued if at != 10 else 0, issued - late if at != 10 else 0,
                     issued - late if at != 10 else 0, 0, by_rates, entered, points, 1000)  # fmt: skip


@pytest.fixture(scope="session")
def figures() -> BulletinFigures:
    march = Month(2025, 3)
    births = Births(523, 488, 1)
    trend = [1104, 1088, 1051, 1010, 967, 940, 1002, 1033, 1080, 1092, 1060, 976, births.total]
    return BulletinFigures(
        month=march,
        district="浦东新区",
        as_of=date(2025, 4, 8),
        births=births,
        received=(
            Received("生育登记", 962, 11, 6), Received("住院分娩", 1041, 4, 19), Received("预防接种", 998, 9, 2),
            Received("出生医学证明", 1020, 4, 8), Received("户籍出生", 702, 0, 0),
        ),
        cases=Cases(1002, 8, 13, 21),
        streets=(*(street(at, name) for at, name in enumerate(STREETS)),
                 StreetFigures("区本级（住址不明或在区外）", 9, 6, 6, 1, 3, 0, code="310115000", ranked=False)),
        previous=Previous(Births(500, 476), 4611, 1010, 1210, 1204, 1190, 20),
        timeliness=(
            Timeliness("生育登记", 0, 0), Timeliness("住院分娩", 970, 1012, 3), Timeliness("预防接种", 941, 986, 30),
            Timeliness("出生医学证明", 1001, 1004, 30), Timeliness("户籍出生", 655, 799, 30),
        ),
        institutions=tuple(
            InstitutionTimeliness(f"浦东新区演示第{word}妇幼保健院", 40 + 3 * at, 52 + 2 * at, "住院分娩")
            for at, word in enumerate("一二三四五")
        ) + tuple(InstitutionTimeliness(f"{name}社区卫生服务中心", 11 + at % 3, 14, "预防接种")
                  for at, name in enumerate(STREETS[:8])),
        agreement=tuple(
            Agreement(name, 1000 - 9 * at, 1009 - at)
            for at, name in enumerate(("母亲姓名", "母亲证件号", "出生日期", "性别", "出生体重", "现居住地", "孩次", "联系电话"))
        ),
        trend=tuple(MonthBirths(Month(2024, 3).plus(at), value) for at, value in enumerate(trend)),
        unconfirmed=(
            UnconfirmedStandard("核实期限", "10 个工作日", "考核表未载明时限；演示值"),
            UnconfirmedStandard("住院分娩上报期限", "3 天", "演示值"),
            UnconfirmedStandard("预防接种上报期限", "30 天", "演示值"),
        ),
        definitions=(
            DefinitionVersion("核实完成率", "2024-01-01", "已有结果数÷应核实数，按下发所属月份"),
            DefinitionVersion("核实及时率", "2024-01-01", "时限内有结果数÷应核实数"),
            DefinitionVersion("活产", "2024-01-01", "按出生日期归月，死产不计"),
        ),
        corrections=(Correction("塘桥街道", "已有结果", 31, 33, "2025-01"), Correction("全区", "活产 男", 540, 541, "2025-02")),
        appraised=tuple(appraised(at, name) for at, name in enumerate(STREETS)), appraised_through="2025-02",
    )  # fmt: skip


def _parts(draw: st.DrawFn, whole: int, most: int = 3) -> list[int]:
    """Up to `most` parts that together are not more than the whole."""
    parts = []
    for _ in range(most):
        parts.append(draw(st.integers(0, whole)))
        whole -= parts[-1]
    return parts


@st.composite
def _street(draw: st.DrawFn, at: int) -> StreetFigures:
    issued = draw(st.sampled_from((0, 1, 3, 19, 20, 100, 2489)) | st.integers(0, 400))
    open_ = draw(st.sampled_from((0, 0, 1)) | st.integers(0, issued)) if issued else 0
    done = issued - open_
    return StreetFigures(
        f"{STREETS[at]}", issued, done, draw(st.integers(0, done)), draw(st.integers(0, done)), open_,
        draw(st.integers(0, open_)), code=f"c{at}", ranked=draw(st.integers(0, 9)) > 0,
    )  # fmt: skip


@st.composite
def _appraised(draw: st.DrawFn, at: int) -> Appraised:
    issued = draw(st.integers(0, 400))
    done = draw(st.integers(0, issued))
    limit = 1000
    some = st.none() | st.integers(0, 2000)
    return Appraised(STREETS[at], f"c{at}", issued, done, draw(st.integers(0, done)), draw(st.integers(0, done)),
                     draw(some), draw(some), draw(st.none() | st.integers(0, limit)), limit)  # fmt: skip


@st.composite
def _figures(draw: st.DrawFn) -> BulletinFigures:
    count = st.integers(0, 3000)
    births = Births(draw(count), draw(count), draw(st.integers(0, 2)))
    month = Month(2025, 1).plus(draw(st.integers(0, 20)))
    shares = st.integers(0, 500).flatmap(lambda n: st.tuples(st.integers(0, n), st.just(n)))
    sources = ("生育登记", "住院分娩", "预防接种", "出生医学证明", "户籍出生")[: draw(st.integers(0, 5))]
    before = None
    if draw(st.booleans()):
        issued = draw(count)
        done = draw(st.integers(0, issued))
        before = Previous(Births(draw(count), draw(count)), draw(count), draw(count), issued, done,
                          draw(st.integers(0, done)), draw(st.integers(0, done)))  # fmt: skip
    past = draw(st.lists(count, max_size=13))
    trend = [MonthBirths(month.plus(at - len(past)), number) for at, number in enumerate(past)]
    received = []
    for source in sources:
        whole = draw(count)
        received.append(Received(source, whole, *_parts(draw, whole, 2)))
    return BulletinFigures(
        month=month,
        district="浦东新区",
        as_of=month.next().first,
        births=births,
        received=tuple(received),
        cases=Cases(*(draw(count) for _ in range(4))),
        appraised=tuple(draw(_appraised(at)) for at in range(draw(st.integers(0, 4)))),
        appraised_through=str(month),
        streets=tuple(draw(_street(at)) for at in range(draw(st.integers(0, 6)))),
        previous=before,
        timeliness=tuple(Timeliness(source, *draw(shares), draw(st.sampled_from((None, 3, 30)))) for source in sources),
        institutions=tuple(
            InstitutionTimeliness(f"{name}医院", *draw(shares))
            for name in "甲乙丙丁戊己庚辛壬癸子丑"[: draw(st.integers(0, 12))]
        ),
        agreement=tuple(
            Agreement(name, *draw(shares)) for name in ("性别", "出生日期", "孩次")[: draw(st.integers(0, 3))]
        ),
        trend=(*trend, MonthBirths(month, births.total)) if draw(st.booleans()) else (),
        unconfirmed=(UnconfirmedStandard("核实期限", "10 个工作日", "演示值"),) if draw(st.booleans()) else (),
        corrections=(Correction("塘桥街道", "已有结果", 31, draw(count), "2024-11"),) if draw(st.booleans()) else (),
    )


@pytest.fixture(scope="session")
def any_figures() -> st.SearchStrategy[BulletinFigures]:
    """Any month that adds up: no streets, one, ties, nothing received, no month before."""
    return _figures()
