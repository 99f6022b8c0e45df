"""坏数据被拒绝，说明是什么、在哪里、怎么办。"""

import numpy as np
import pytest

import renjia.engine.demography as d
from renjia.engine.demography import DemographyError, checks

AGE = [0, 1, 5, 10]


def refused(function, *args, **kwargs) -> DemographyError:
    with pytest.raises(DemographyError) as caught:
        function(*args, **kwargs)
    assert caught.value.what and caught.value.where and caught.value.remedy
    assert str(caught.value).endswith("。")
    return caught.value


def test_negative_counts() -> None:
    error = refused(d.life_table_from_deaths, [1, 2, -3, 4], [10, 20, 30, 40], AGE, "male")
    assert "人数为负（-3）" in str(error) and "第 3 组（5 岁）" in error.where


def test_ages_unsorted() -> None:
    error = refused(d.life_table, [0.1] * 4, [0, 5, 1, 10], "male")
    assert "5 之后是 1" in error.what and "第 3 组" in error.where


@pytest.mark.parametrize("age", [[0, 1, 1, 5], [0.5, 1, 2, 3], [-1, 0, 1, 2], [[0, 1], [2, 3]], None])
def test_ages_that_are_none(age) -> None:
    refused(d.life_table, [0.1] * 4, age, "male")


@pytest.mark.parametrize("sex", [None, "", "x", 1])
def test_missing_sex(sex) -> None:
    assert refused(d.life_table, [0.1] * 4, AGE, sex).where == "性别"


def test_chinese_sexes_are_known() -> None:
    assert [checks.sex(s) for s in ("男", "女", "M", "合计")] == ["male", "female", "male", "both"]


def test_nan_and_infinity() -> None:
    error = refused(d.whipple, [float("nan")] * 100, range(100))
    assert "缺值" in error.what and "第 1 组（0 岁）" in error.where
    assert "无穷大" in refused(d.crude_rate, [np.inf], [1.0]).what


def test_zero_exposure() -> None:
    error = refused(d.specific_rates, [0, 1], [0, 100], [15, 20])
    assert error.what == "分母为零" and "15 岁" in error.where
    refused(d.age_specific_fertility_rates, [1, 1], [5, 0])
    refused(d.un_age_sex_accuracy, [1] * 16, [0] * 16, range(0, 80, 5))


def test_rates_above_one() -> None:
    error = refused(d.life_table, [[0.01, 0.001, 0.001, 0.2], [0.01, 0.001, 8.2, 0.2]], AGE, "male")
    assert "大于 1" in error.what and "第 2 行 第 3 组（5 岁）" in error.where
    refused(d.total_fertility_rate, [80.0, 120.0])


def test_totals_that_do_not_close() -> None:
    assert "不符" in refused(checks.closes, [1, 2, 3], 7, "分孩次出生").what
    error = refused(checks.closes, [[1, 2], [3, 4]], [3, 8], "分孩次出生")
    assert "第 2 组" in error.where
    checks.closes([[1, 2], [3, 4]], [3, 7], "分孩次出生")
    refused(d.total_fertility_by_order, [[1, 2], [1, 1]], [100, 100], all_births=[2, 4])
    error = refused(d.check_balance, [100, 100], [105, 106], [10, 10], [5, 5], [0, 0])
    assert "差 1" in error.what and "第 2 组" in error.where


def test_text_ragged_empty_and_wrong_length() -> None:
    refused(d.crude_rate, ["x"], [1])
    refused(d.median_age, [[1, 2], [3]], [0, 5])
    refused(d.mean_population, [], [])
    error = refused(d.median_age, [1, 2, 3], [0, 5])
    assert "有 3 个数，年龄有 2 组" in error.what
    refused(d.crude_rate, [1, 2], [1])
    for function, arguments in (
        (d.age_specific_fertility_rates, ([[1, 2], [1, 2], [1, 2]], [[9, 9], [9, 9]])),
        (d.index_of_dissimilarity, ([1, 2], [1, 2, 3])),
        (d.net_reproduction_rate, ([0.1, 0.1], [1, 2, 3], 105)),
        (d.survive, ([1, 2, 3], [1, 1])),
    ):
        assert "不能对齐" in refused(function, *arguments).what
    assert "不能对齐" in refused(d.life_table, [[0.1, 0.2]] * 2, [0, 1], ax=[[0.1, 2]] * 3).what


def test_unknown_conventions() -> None:
    error = refused(d.life_table, [0.1] * 4, AGE, "male", nax="guess")
    assert "andreev_kingkade" in error.remedy
    refused(d.life_table, [0.1] * 4, AGE, "male", closeout="given")
    refused(d.graduate, [1] * 10, range(0, 50, 5), "magic")
    refused(d.lee_carter, [[0.1, 0.2], [0.1, 0.3]], "best")


def test_life_table_impossibilities() -> None:
    refused(d.life_table, [0.1, 0.1, 0.1, 0.0], AGE, "male")
    refused(d.life_table, [0.1, 0.1, 0.1], [0, 5, 10], "male")
    refused(d.life_table, [0.01, 0.01, 0.01, 0.5], AGE, ax=[0.1, 1.5, 6.0, 2])
    refused(d.life_table, [0.01, 0.01, 0.9, 0.5], AGE, ax=[0.1, 1.5, 2.5, 2])
