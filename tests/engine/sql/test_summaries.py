"""Halves of an indicator: one aggregate over one fact with one condition, nothing more."""

import pytest

from renjia.engine.sql import SqlError, summary, translate

FACTS = {"births": {"births": "integer", "live": "boolean", "case": "text", "born": "date"}}


@pytest.mark.parametrize(
    ("text", "value", "where"),
    [
        ("sum(births) FROM births WHERE live", 'SUM("births")', '"live"'),
        ("count(*) FROM births", "COUNT(*)", None),
        ('count(DISTINCT "case") FROM births', 'COUNT(DISTINCT "case")', None),
        ("sum(births) FILTER (WHERE live) FROM births", 'SUM("births") FILTER(WHERE "live")', None),
        ("sum(births) / count(*) FROM births", 'SUM("births") / NULLIF(COUNT(*), 0)', None),
        ("count_if(live) FROM births", 'COUNT_IF("live")', None),
        ("max(born) FROM births", 'MAX("born")', None),
    ],
)
def test_what_a_half_may_say(text, value, where):
    found = summary(text, FACTS)
    assert found.fact == "births"
    assert translate(found.value, "duckdb") == value
    assert (found.where and translate(found.where, "duckdb")) == where


@pytest.mark.parametrize(
    ("text", "says"),
    [
        ("births FROM births", "要放在 sum"),
        ("1 FROM births", "没有 sum"),
        ("sum(births)", "应是「汇总 FROM 事实"),
        ("sum(births), 1 FROM births", "应是「汇总 FROM 事实"),
        ("sum(births) FROM births, births b", "应是「汇总 FROM 事实"),
        ("sum(births) FROM births JOIN births b ON true", "应是「汇总 FROM 事实|不联接"),
        ("sum(births) FROM births b", "不写别名"),
        ("sum(births) FROM s.births", "不写别名"),
        ("sum(births) FROM births TABLESAMPLE 10%", "不写别名"),
        ("sum(births) FROM deaths", "没有「deaths」这个事实"),
        ("sum(births) FROM 'x.csv'", "没有「x.csv」这个事实"),
        ("sum(births) FROM read_csv('x')", "应是「汇总 FROM 事实"),
        ("sum(births) FROM (SELECT 1)", "应是「汇总 FROM 事实"),
        ("sum(births) FROM births GROUP BY live", "应是「汇总 FROM 事实"),
        ("sum(births) FROM births LIMIT 1", "应是「汇总 FROM 事实"),
        ("DISTINCT sum(births) FROM births", "应是「汇总 FROM 事实"),
        ("sum(births) FROM births UNION SELECT 1", "应是「汇总 FROM 事实"),
        ("sum(births) FROM births; DROP TABLE births", "2 句"),
        ("sum(sum(births)) FROM births", "汇总里不能再汇总"),
        ("sum(DISTINCT births) FROM births", "Distinct"),
        ("count(births, live) FROM births", "count"),
        ("sum(live) FROM births", "是是否，这里要整数"),
        ("sum(births) FROM births WHERE sum(births) > 1", "不能汇总"),
        ("sum(births) FROM births WHERE births", "不是条件"),
        ("sum(births) FROM births WHERE exists(SELECT 1)", "子查询"),
    ],
)
def test_what_it_may_not(text, says):
    with pytest.raises(SqlError, match=says):
        summary(text, FACTS)
