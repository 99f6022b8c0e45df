"""重算 — a past decision decided again with the rule and the tables known then, beside what is known now."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date
from pathlib import Path

import pyarrow as pa

from renjia.engine.pages import DEFINITIONS
from renjia.engine.rules.decisions import Decision
from renjia.engine.rules.explaining import judge_one
from renjia.engine.rules.schemes import scheme
from renjia.engine.rules.workset import Tables


@dataclass(frozen=True)
class Replay:
    """重算结果 — then: by what was known that day; now: the same day by what is known today; differences in sentences."""

    then: Decision
    now: Decision

    @property
    def same(self) -> bool:
        """相同 — decision, first and last month and amount."""
        return _gist(self.then) == _gist(self.now)

    @property
    def differences(self) -> tuple[str, ...]:
        """不同在哪 — decision, amounts, marks and the facts behind them, each a sentence."""
        found = [
            f"{name}：当时 {was if was is not None else '无'}，现在 {now if now is not None else '无'}"
            for name, was, now in zip(("决定", "起", "止", "金额"), _gist(self.then), _gist(self.now), strict=True)
            if was != now
        ]
        for before, after in zip(self.then.conditions, self.now.conditions, strict=False):
            if before.sentence != after.sentence:
                found.append(f"条件改过：当时「{before.sentence}」，现在「{after.sentence}」")
                continue
            known = {used.word: used for used in before.facts}
            for used in after.facts:
                was = known.get(used.word)
                if was is not None and was.value != used.value:
                    told = "不知道" if was.value is None else f"{was.value}"
                    here = "不知道" if used.value is None else f"{used.value}"
                    found.append(f"{used.meaning}：当时 {told}，现在 {here}")
        return tuple(dict.fromkeys(found))


def _gist(one: Decision) -> tuple[object, ...]:
    return one.decision, one.first, one.last, one.amount


def replay(
    which: str, tables: Mapping[str, pa.Table], subject: str, on: date, place: str, *, known: date, assume: str = "",
    root: Path = DEFINITIONS,
) -> Replay:  # fmt: skip
    """重算一个人 — the decision of `on` with the rows known on `known` (`known_from`, `known_to`) and the version in force
    on `on`, beside the same question with every row known today.

    tables: the working set by name; the two times must be in its rows. RuleError when the subject was not known then.
    """
    found = scheme(which, on, root)
    with Tables(tables, known=known, root=root) as then, Tables(tables, root=root) as now:
        return Replay(
            judge_one(found, then, subject, on, place, assume=assume),
            judge_one(found, now, subject, on, place, assume=assume),
        )
