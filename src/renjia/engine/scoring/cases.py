"""例子 — the cases written beside items and grades, worked by the engine and compared."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from fractions import Fraction
from pathlib import Path

from renjia.engine.pages import Page, Plain
from renjia.engine.scoring.errors import ScoringError
from renjia.engine.scoring.grading import Standing
from renjia.engine.scoring.numbers import Number, exact, shown, whole
from renjia.engine.scoring.rubric import Rubric


@dataclass(frozen=True, slots=True)
class CaseFault:
    """一个不合的例子 — the page, its line, the case's name, what it says against what is computed."""

    path: Path
    line: int
    name: str
    what: str


def run_cases(rubric: Rubric) -> list[CaseFault]:
    """跑例子 — every case of the rubric's pages; empty when all hold."""
    runner = _Runner(rubric)
    pages = [rubric.cover, *(item.page for item in rubric.items.values())]
    return [fault for page in pages for fault in runner.run(page)]


def count_cases(rubric: Rubric) -> int:
    """例子个数 — so that a check can say how many it ran."""
    return len(rubric.cover.cases) + sum(len(item.page.cases) for item in rubric.items.values())


class _Runner:
    """Holds the rubrics built for the readings that cases name."""

    def __init__(self, rubric: Rubric) -> None:
        self.rubric = rubric.with_readings({one.key: one.default for one in rubric.readings.values()})
        self.built: dict[tuple[tuple[str, str], ...], Rubric] = {}

    def run(self, page: Page) -> Iterator[CaseFault]:
        for index, written in enumerate(page.cases):
            line = page.line_of("cases", index)
            if not isinstance(written, dict) or len(written) != 1:
                yield CaseFault(page.path, line, "", "一个例子写成 - 名字: {…}")
                continue
            name, body = next(iter(written.items()))
            try:
                if not isinstance(body, dict):
                    raise ValueError("例子没有内容")
                found = self._grade(body) if page is self.rubric.cover else self._points(body)
                for what in found:
                    yield CaseFault(page.path, line, name, what)
            except (ScoringError, ValueError) as problem:
                yield CaseFault(page.path, line, name, str(problem))

    def _under(self, body: Mapping[str, Plain]) -> Rubric:
        wanted = body.get("readings", {})
        if not isinstance(wanted, dict):
            raise ValueError("readings 应是“键: 值”")
        key = tuple((name, str(value)) for name, value in wanted.items())
        if key not in self.built:
            self.built[key] = self.rubric.with_readings(dict(key))
        return self.built[key]

    def _points(self, body: Mapping[str, Plain]) -> list[str]:
        self._known(body, ("facts", "readings", "points"))
        rubric, facts, points = self._under(body), body.get("facts", {}), body.get("points", {})
        if not isinstance(facts, dict) or not isinstance(points, dict) or not points:
            raise ValueError("例子要写 facts 和 points")
        given: dict[str, object] = {name: spec.full for name, spec in rubric.facts.items()}
        for name, text in facts.items():
            if name not in given:
                raise ValueError(f"没有叫「{name}」的事实")
            given[name] = rubric.facts[name].parse(text, as_is=True)
        sums = rubric.plan.sums(rubric.row("", given))
        found: list[str] = []
        for atom, text in points.items():
            if atom not in rubric.atoms:
                raise ValueError(f"没有评分「{atom}」")
            computed, expected = sums.atoms[rubric.positions[atom]], _signed(str(text))
            if computed != expected:
                got = "未提供" if computed is None else shown(computed)
                found.append(f"{atom} 例中写 {text}，算得 {got}")
        return found

    def _grade(self, body: Mapping[str, Plain]) -> list[str]:
        self._known(body, ("total", "main", "bonus", "rank", "last_of_tie", "readings", "grade"))
        rubric = self._under(body)
        numbers: dict[str, Number] = {}
        for name in ("total", "main", "bonus", "rank", "last_of_tie"):
            if name in body:
                numbers[name] = exact(str(body[name]))
        total, main = numbers["total"], numbers.get("main", numbers["total"])
        rank = int(numbers.get("rank", 1))
        standing = Standing(rank, int(numbers.get("last_of_tie", rank)))
        row = rubric.grading.row(total, main, numbers.get("bonus", total - main), standing)
        grade = rubric.grading.grade(row)
        return [] if grade == body.get("grade") else [f"例中写「{body.get('grade')}」，算得「{grade}」"]

    @staticmethod
    def _known(body: Mapping[str, Plain], keys: tuple[str, ...]) -> None:
        for key in body:
            if key not in keys:
                raise ValueError(f"例子里不认识「{key}」，可写：{'、'.join(keys)}")


def _signed(text: str) -> Number:
    return whole(Fraction(-exact(text[1:]) if text[:1] in "-−" else exact(text)))
