"""评分有多快 — a district's year, a what-if over many actions, a country of streets; beside the targets of the issue.

Run by `python bench/scoring.py`; prints a table, asserts nothing.
"""

import random
import resource
import time
from collections.abc import Callable

from rich.console import Console
from rich.table import Table

from renjia.engine.scoring import Rubric, best_actions, load_rubric, outlook, score, sensitivity, what_if

COUNTRY = 40_000


def street(rubric: Rubric, rng: random.Random) -> dict[str, object]:
    """A street with some faults: about one fact in eight off its full-marks value."""
    facts: dict[str, object] = {name: spec.full for name, spec in rubric.facts.items()}
    for name, spec in rubric.facts.items():
        if rng.random() < 0.125:
            if spec.choices:
                facts[name] = rng.choice(spec.choices)
            elif spec.type == "count":
                facts[name] = rng.randrange(6)
            else:
                facts[name] = rng.randrange(40, 100)
    return facts


def main() -> None:
    rubric, rng = load_rubric("pudong-2024"), random.Random(1)
    table = Table("做什么", "秒", "目标 秒", "说明")

    def timed(what: str, target: str, note: str, work: Callable[[], object]) -> None:
        begun = time.perf_counter()
        work()
        table.add_row(what, f"{time.perf_counter() - begun:.2f}", target, note)

    months = [{f"街镇{number}": street(rubric, rng) for number in range(36)} for _ in range(12)]
    district = months[0]
    timed("36 街镇 × 12 月，每条理由都写", "2", "全部评分条", lambda: [
        [one.atoms for one in score(rubric, month).places.values()] for month in months
    ])  # fmt: skip
    scores = score(rubric, district)
    names = [name for name, spec in rubric.facts.items() if spec.type == "count"]
    changes = [(f"街镇{number % 36}", {names[number % len(names)]: number % 7}) for number in range(200)]
    timed("假如：200 个行动", "1", "36 街镇的名次等次都重排", lambda: [
        what_if(scores, place, change) for place, change in changes
    ])  # fmt: skip
    timed("最合算的行动", "—", "一个街镇，每个事实都试", lambda: best_actions(scores, "街镇0"))
    timed("逐处换读法", "—", "36 街镇，每处每种读法", lambda: sensitivity(rubric, district))
    timed("年末展望", "—", "36 街镇，抽 200 次", lambda: outlook(rubric, district, 6))
    country = {f"街镇{number}": street(rubric, rng) for number in range(COUNTRY)}
    timed(f"{COUNTRY:,} 街镇", "60", "评分、名次、等次", lambda: score(rubric, country))
    Console().print(table)
    peak = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024
    print(f"内存峰值 {peak:.0f} MB")


if __name__ == "__main__":
    main()
