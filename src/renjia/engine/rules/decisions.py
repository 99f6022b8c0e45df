"""决定 — one subject's answer with all that explains it, as values."""

from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from typing import Any

from renjia.engine.rules.standards import Setting

NOT, YES, PAPERS, SETTINGS = 0, 1, 2, 3
FIRST_UNSET, AMOUNT_UNSET, FIRST_UNKNOWN, AMOUNT_UNKNOWN = 1, 2, 4, 8
YES_MARK, NO_MARK, UNKNOWN_MARK = "✓", "✗", "？"
CODES = {"符合": "eligible", "不符合": "not", "材料待补": "wanting", "需配置": "unset"}
Value = str | int | bool | date | Decimal | None


@dataclass(frozen=True, slots=True)
class Used:
    """所用事实 — a word of the vocabulary, its meaning, its value (None = not known) and where it came from."""

    word: str
    meaning: str
    value: Value
    source: str


@dataclass(frozen=True, slots=True)
class Mark:
    """一条的判断 — ✓ ✗ ？ with clause and sentence, the facts and the parameters it rests on.

    paper: what would settle a ？; unset: the parameters a ？ hangs on
    """

    mark: str
    clause: str
    sentence: str
    facts: tuple[Used, ...]
    settings: tuple[Setting, ...]
    paper: str = ""
    unset: tuple[Setting, ...] = ()


@dataclass(frozen=True, slots=True)
class Payment:
    """一期 — `2025-01`, `2025` or a day; its amount in 元; for a year, the months of the course in it.

    settings: the parameters in force in the period
    """

    period: str
    amount: Decimal
    months: int | None
    settings: tuple[Setting, ...]

    @property
    def confirmed(self) -> bool:
        """已确认 — whether everything it rests on is confirmed."""
        return all(one.confirmed for one in self.settings)


@dataclass(frozen=True, slots=True)
class Decision:
    """一个人的决定 — see `judge_one`.

    decision: 符合, 不符合, 材料待补 or 需配置; first, last: first and last day of the course (None: none, or still open);
    monthly, amount: 元; schedule: the periods `amount` sums; reason: one sentence; papers, wanted: what to bring, what to
    confirm; turns: what would change the answer; next_change: the next day it changes by itself, if it was looked for
    """

    scheme: str
    name: str
    version: date
    subject: str
    on: date
    place: str
    decision: str
    first: date | None
    last: date | None
    monthly: Decimal | None
    amount: Decimal | None
    reason: str
    conditions: tuple[Mark, ...]
    schedule: tuple[Payment, ...]
    papers: tuple[str, ...]
    wanted: tuple[str, ...]
    turns: tuple[str, ...]
    unconfirmed: tuple[Setting, ...]
    once: bool = False
    next_change: date | None = None

    @property
    def marks(self) -> str:
        """各条 — the marks in order, such as `✓✓✗？`."""
        return "".join(one.mark for one in self.conditions)

    @property
    def this_year(self) -> Decimal | None:
        """本年金额 — of the periods in the year asked for."""
        if self.amount is None:
            return None
        year = str(self.on.year)
        return sum((one.amount for one in self.schedule if one.period[:4] == year), Decimal("0.00"))

    def as_dict(self) -> dict[str, Any]:
        """作字典 — plain values with Chinese keys, ready for JSON; money and days as text."""
        shown = str if self.once else _month
        return {
            "编号": self.subject,
            "项目": self.name,
            "决定": self.decision,
            "decision": CODES[self.decision],
            "起": shown(self.first) if self.first else None,
            "止": shown(self.last) if self.last else None,
            "月标准": _text(self.monthly),
            "金额": _text(self.amount),
            "本年金额": _text(self.this_year),
            "理由": self.reason,
            "条件": [
                {
                    "判断": one.mark,
                    "条款": one.clause,
                    "句子": one.sentence,
                    "事实": [
                        {"词": used.word, "含义": used.meaning, "值": _text(used.value), "来源": used.source}
                        for used in one.facts
                    ],
                    "参数": [_setting(setting) for setting in one.settings],
                    "缺": one.paper,
                }
                for one in self.conditions
            ],
            "排期": [
                {"期": one.period, "金额": _text(one.amount), "月数": one.months, "标准已确认": one.confirmed}
                for one in self.schedule
            ],
            "要的材料": list(self.papers),
            "要定的参数": list(self.wanted),
            "何以改变": list(self.turns),
            "自行改变日": str(self.next_change) if self.next_change else None,
            "未确认": [_setting(one) for one in self.unconfirmed],
            "规则版本": self.version.isoformat(),
        }


def _month(day: date) -> str:
    return day.isoformat()[:7]


def _setting(one: Setting) -> dict[str, Any]:
    since = one.since.isoformat() if one.since and one.since != date.min else None
    return {"参数": one.id, "值": one.value, "已确认": one.confirmed, "地": one.place, "起": since, "依据": one.source}


def _text(value: Value) -> str | bool | int | None:
    if value is None or isinstance(value, bool | int | str):
        return value
    return str(value)
