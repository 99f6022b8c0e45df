"""判定 — a scheme over a whole population: one query, one row a subject."""

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import date
from functools import cached_property
from pathlib import Path

import pyarrow as pa
import pyarrow.compute as pc

from renjia.engine.rules.compiling import compiled
from renjia.engine.rules.decisions import AMOUNT_UNSET, FIRST_UNSET, NOT, PAPERS, SETTINGS, YES
from renjia.engine.rules.errors import RuleError
from renjia.engine.rules.mattering import AMOUNT, FIRST, of_line
from renjia.engine.rules.places import Place, place_of
from renjia.engine.rules.pricing import ANSWER, answered
from renjia.engine.rules.queries import Compiled
from renjia.engine.rules.schemes import Scheme, scheme
from renjia.engine.rules.standards import Setting
from renjia.engine.rules.workset import Tables

DECISIONS = {YES: "符合", NOT: "不符合", PAPERS: "材料待补", SETTINGS: "需配置"}
UNCONFIRMED = "unconfirmed"
COLUMNS = ("编号", "决定", "起", "止", "月标准", "金额", "理由")
_MASKS = ("decision", "failed", "unknown", "unset", "need", "nulls")


@dataclass(frozen=True)
class Judged:
    """判定结果 — of a population.

    tables: what it was judged over, must stay open until `rows` was asked for;
    unconfirmed: settings used though nobody confirmed them (only when assumed)
    """

    scheme: Scheme
    on: date
    place: Place
    query: Compiled
    tables: Tables | None
    unconfirmed: tuple[Setting, ...]

    @cached_property
    def rows(self) -> pa.Table:
        """各行 — Arrow, a row a subject.

        As ANSWER: `id` (text), `decision` (0 不符合, 1 符合, 2 材料待补, 3 需配置), `first`, `last` (days), `monthly`, `amount`
        (decimal 元), and the masks `failed`, `unknown`, `unset`, `need`, `nulls` that `reason` reads. Asked for here: why
        nobody entitled is not takes longer than who is.
        """
        assert self.tables is not None
        self.tables.ready(self.scheme.per, self.on)
        return self.tables.arrow(self.query.sql).cast(ANSWER)

    @cached_property
    def answers(self) -> pa.Table:
        """有答复的 — the `rows` of all who are not 不符合."""
        assert self.tables is not None
        self.tables.ready(self.scheme.per, self.on)
        if self.query.sieve is None:
            return self.rows if self.scheme.lacking else self.rows.filter(pc.not_equal(self.rows["decision"], NOT))
        return answered(self.tables, self.query)

    @cached_property
    def subjects(self) -> int:
        """几个对象 — subjects judged."""
        assert self.tables is not None
        return int(self.tables.rows(f'SELECT count(*) AS n FROM "{self.scheme.per}"')[0]["n"])

    def counts(self) -> dict[str, int]:
        """各决定几人 — decision in Chinese → number of subjects."""
        found = self.answers["decision"].value_counts().to_pylist()
        by_code = {one["values"]: int(one["counts"]) for one in found}
        by_code[NOT] = self.subjects - self.answers.num_rows
        return {name: by_code.get(code, 0) for code, name in DECISIONS.items()}

    def table(self) -> pa.Table:
        """结果表 — 编号, 决定, 起, 止, 月标准, 金额, 理由: text, text, text, text, decimal, decimal, text."""
        rows = self.rows
        keyed = rows.select(_MASKS).group_by(list(_MASKS)).aggregate([]).to_pylist()
        joined = _key(rows.select(_MASKS))
        texts = {_key_of(one): self.reason(one) for one in keyed}
        dictionary = pa.array(list(texts), pa.string())
        reasons = pc.take(pa.array(list(texts.values()), pa.string()), pc.index_in(joined, dictionary))
        reasons = self._sharper(rows, reasons)
        names = pa.array([DECISIONS[at] for at in range(len(DECISIONS))])
        whole = "%Y-%m-%d" if self.scheme.course is not None and self.scheme.course.every == "once" else "%Y-%m"
        columns = [
            rows["id"].cast(pa.string()), pc.take(names, rows["decision"]), pc.strftime(rows["first"], whole),
            pc.strftime(rows["last"], whole), rows["monthly"], rows["amount"], reasons,
        ]  # fmt: skip
        return pa.table(dict(zip(COLUMNS, columns, strict=True)))

    def _sharper(self, rows: pa.Table, reasons: pa.ChunkedArray) -> pa.ChunkedArray:
        """The reasons, with those of 需配置 naming only the parameters that matter to the subject."""
        waits = pc.equal(rows["decision"], SETTINGS)
        if self.scheme.lacking or self.tables is None or not pc.any(waits).as_py():
            return reasons
        waiting = rows.filter(waits)
        self.tables.ready(self.scheme.per, self.on)
        found = self.tables.left(self.scheme.per, waiting["id"].combine_chunks(), self.query.wants)
        found = found.take(pc.index_in(waiting["id"], found["id"]))
        masks = [*_MASKS, *found.schema.names[1:]]
        whole = pa.table({name: (waiting if name in _MASKS else found)[name] for name in masks})
        keys = _key(whole)
        texts: dict[str, str] = {}
        for row in whole.group_by(masks).aggregate([]).to_pylist():
            texts[_key_of(row, masks)] = self.reason(row)
        told = pc.take(
            pa.array(list(texts.values()), pa.string()), pc.index_in(keys, pa.array(list(texts), pa.string()))
        )
        return pc.replace_with_mask(reasons.combine_chunks(), waits.combine_chunks(), told.combine_chunks())

    def reason(self, row: Mapping[str, int]) -> str:
        """理由 — one sentence from a row's decision and masks."""
        return "；".join(self._reasons(row)) or "全部条件符合"

    def _reasons(self, row: Mapping[str, int]) -> list[str]:
        if self.scheme.lacking:
            return [f"规则未定：需 {'、'.join(self.scheme.lacking)}"]
        found = []
        for at, line in enumerate(self.query.lines):
            if row["failed"] >> at & 1:
                found.append(f"✗ {line.clause} {line.sentence}")
        if row["decision"] == NOT:
            return found
        for at, line in enumerate(self.query.lines):
            if row["unknown"] >> at & 1 and not row["unset"] >> at & 1:
                found.append(f"？ {line.clause} {line.sentence}：缺 {self.paper(at, row['nulls'])}")
        if row["decision"] == SETTINGS:
            found += [f"待定 {one}" for one in self.wanted(row)]
        if row["decision"] == PAPERS and not found:
            found.append("起始月或金额算不出：缺 " + self._papers(self.query.course_used + self.query.amount_used))
        if row["decision"] == YES and self.unconfirmed:
            found.append("未确认：按" + "、".join(f"{one.id}={one.value}" for one in self.unconfirmed) + " 计算")
        return found

    def wanted(self, row: Mapping[str, int]) -> list[str]:
        """待定参数 — a sentence a parameter the row hangs on: which, and the document wanted.

        Of a row with the masks of `wants`, only the parameters that would change it.
        """
        names: set[str] = set()
        for at, used in enumerate(self.query.used):
            if row["unset"] >> at & 1:
                names |= self._mattering(row, of_line(at), used)
        if row["need"] & FIRST_UNSET:
            names |= self._mattering(row, FIRST, self.query.course_used)
        blocked = {name: one for name, one in self.query.settings.items() if self.blocks(one) and name in names}
        if row["need"] & AMOUNT_UNSET:
            found = self._blocked_in_amount()
            blocked |= {name: found[name] for name in self._mattering(row, AMOUNT, found) if name in found}
        return [f"{self._where(one)}{one}" for one in blocked.values()]

    def _mattering(self, row: Mapping[str, int], column: str, used: Collection[str]) -> set[str]:
        """Those of the used parameters that matter to the row; all of them where none could be told apart."""
        bits = row.get(column, 0)
        return {name for bit, name in enumerate(self.query.blocked) if bits >> bit & 1} or set(used)

    def matters(self, row: Mapping[str, int], at: int, setting: Setting) -> bool:
        """要紧 — whether a setting would change condition `at` of the row, as far as its masks tell."""
        return setting.id in self._mattering(row, of_line(at), self.query.used[at])

    def blocks(self, setting: Setting) -> bool:
        """不可用 — whether a setting could not be used in this judgement."""
        return setting.value is None or (not setting.confirmed and not self.assumed)

    @property
    def assumed(self) -> bool:
        """按未确认的算 — whether unconfirmed settings were used."""
        return bool(self.unconfirmed)

    def _blocked_in_amount(self) -> dict[str, Setting]:
        found: dict[str, Setting] = {}
        for span in self.query.stretches:
            found |= {name: one for name, one in span.settings.items() if self.blocks(one) and one.since is not None}
        if not found:
            for span in self.query.stretches:
                found |= {name: one for name, one in span.settings.items() if self.blocks(one)}
        return found

    def _where(self, setting: Setting) -> str:
        return f"{self.place.code} {self.on.isoformat()} "

    def paper(self, at: int, nulls: int) -> str:
        """要的材料 — what would settle condition `at`, given the words nobody knows."""
        line = self.query.lines[at]
        if line.paper:
            return line.paper
        missing = [
            word for bit, word in enumerate(self.query.words) if nulls >> bit & 1 and word in self.query.used[at]
        ]
        return self._papers(tuple(missing) or self.query.used[at])

    def _papers(self, words: tuple[str, ...]) -> str:
        facts = [word for word in words if word in self.scheme.words]
        return "、".join(dict.fromkeys(self.scheme.paper(word) for word in facts)) or "材料"


def judge(
    which: str | Scheme,
    tables: Tables,
    on: date,
    place: str,
    *,
    assume: str = "",
    root: Path | None = None,
) -> Judged:
    """判定全体 — every subject of the scheme's fact, as the tables say on the day, by the rules in force at the place.

    which: id, Chinese name, another name, or a Scheme; place: a division code, 000000 for the nation;
    assume: "unconfirmed" also uses values nobody has confirmed. Raises RuleError, PageError.
    """
    found, query = prepared(which, tables, on, place, assume, root)
    judged = judged_by(found, on, query, assume, tables)
    judged.counts()  # asks now who is answered and of how many: the tables may be closed or on another day later
    return judged


def judged_by(found: Scheme, on: date, query: Compiled, assume: str, tables: Tables | None = None) -> Judged:
    """判定结果 — over the tables; without them, what reads and words single rows."""
    return Judged(found, on, query.place, query, tables, _unconfirmed(query) if assume else ())


def prepared(
    which: str | Scheme, tables: Tables, on: date, place: str, assume: str, root: Path | None = None
) -> tuple[Scheme, Compiled]:
    """备好 — the scheme and its query, with the fact it reads worked out in the tables."""
    found, query = asked(which, tables, on, place, assume, root)
    tables.ready(found.per, on)
    return found, query


def asked(
    which: str | Scheme, tables: Tables, on: date, place: str, assume: str, root: Path | None = None
) -> tuple[Scheme, Compiled]:
    """问什么 — the scheme and its query; nothing is worked out yet."""
    if assume not in ("", UNCONFIRMED):
        raise RuleError(f"assume「{assume}」不认得；只有 unconfirmed（按未确认的参数算）")
    found = which if isinstance(which, Scheme) else scheme(which, on, root or tables.root)
    return found, compiled(found, place_of(place), on, bool(assume))


def assuming(found: Scheme, values: Mapping[str, str]) -> Scheme:
    """假定 — the scheme with parameters fixed to values, as if confirmed everywhere and always."""
    from_always = {}
    for name, value in values.items():
        if name not in found.parameters:
            raise RuleError(f"「{found.name}」没有参数「{name}」；可写：{'、'.join(found.parameters)}")
        from_always[name] = found.parameters[name].fixed(value)
    return replace(found, parameters={**found.parameters, **from_always})


def _unconfirmed(query: Compiled) -> tuple[Setting, ...]:
    used = {name for one in (*query.used, query.course_used, query.amount_used) for name in one}
    found = {name: one for name, one in query.settings.items() if name in used and not one.confirmed}
    for span in query.stretches:
        for name, one in span.settings.items():
            if one.value is not None and not one.confirmed:
                found.setdefault(name, one)
    return tuple(one for one in found.values() if one.value is not None)


def _key(rows: pa.Table) -> pa.ChunkedArray:
    """One text a row for the masks together."""
    return pc.binary_join_element_wise(*(pc.cast(one, pa.string()) for one in rows.columns), ",")


def _key_of(one: Mapping[str, int], masks: Sequence[str] = _MASKS) -> str:
    return ",".join(str(one[name]) for name in masks)
