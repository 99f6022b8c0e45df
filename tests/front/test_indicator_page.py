"""指标页 — the definition in Chinese first; the SQL behind one fold, closed, for whoever checks it."""

import re

from stage import Stage, text_of

FOLD = re.compile(r"<details[^>]*><summary[^>]*>查看算法</summary>.*?</details>", re.DOTALL)


def test_a_district_reads_chinese_and_unfolds_the_sql(stage: Stage) -> None:
    html = text_of(stage.get("赵敏", "indicators:one", "completion_rate"))
    (fold,) = FOLD.findall(html)
    assert " open" not in fold.split(">", 1)[0]
    assert "count(*) FROM verifications WHERE answered" in fold
    shown = html.replace(fold, "")
    assert "count(*)" not in shown
    assert "核实（按批次月份），其中：已有结果，无法核实也是结果" in shown
    assert html.index("核实（按批次月份），全部") < html.index(fold)
