"""年龄性别准确性、队列余差、差异指数。"""

import numpy as np
import pytest

from renjia.engine.demography import (
    DemographyError,
    age_ratio_score,
    cohort_residuals,
    index_of_dissimilarity,
    index_of_relative_difference,
    sex_ratio_score,
    un_age_sex_accuracy,
)

FIVES = np.arange(0, 80, 5)
# U.S. Census Bureau, PAS, AGESEX.
MEN = [4677000, 4135000, 3825000, 3647000, 3247000, 2802000, 2409000, 2212000, 1786000, 1505000, 1390000, 984000, 745000,
       537000, 346000, 335000]  # fmt: skip
WOMEN = [4544000, 4042000, 3735000, 3647000, 3309000, 2793000, 2353000, 2112000, 1691000, 1409000, 1241000, 887000, 697000,
         525000, 348000, 366000]  # fmt: skip


def test_agesex() -> None:
    found = un_age_sex_accuracy(MEN, WOMEN, FIVES)
    assert found == pytest.approx(
        {"age_ratio_m": 3.906670, "age_ratio_f": 3.655353, "sex_ratio": 2.248535, "accuracy": 14.307629}, abs=1e-6
    )


def test_open_group_is_dropped_and_older_ages_left_out() -> None:
    longer = [*MEN[:-1], 200000, 100000, 35000]
    assert age_ratio_score(longer, np.arange(0, 90, 5)) == pytest.approx(age_ratio_score(MEN, FIVES))
    assert age_ratio_score(longer, np.arange(0, 90, 5), age_max=85) != pytest.approx(
        age_ratio_score(MEN, FIVES), abs=0.1
    )
    assert age_ratio_score(MEN[:-1], FIVES[:-1], open_group=False) == pytest.approx(3.906670, abs=1e-6)


def test_infants_apart_are_added_to_the_first_group() -> None:
    split = [MEN[0] // 5, MEN[0] - MEN[0] // 5, *MEN[1:]]
    assert age_ratio_score(split, [0, 1, *range(5, 80, 5)]) == pytest.approx(3.906670, abs=1e-6)
    with pytest.raises(DemographyError, match="至少要 3 个"):
        sex_ratio_score([1, 1, 1], [1, 1, 1], [0, 5, 10])


def test_small_population_correction_only_when_asked() -> None:
    men, women = np.array(MEN) / 100, np.array(WOMEN) / 100
    plain = un_age_sex_accuracy(men, women, FIVES)["accuracy"]
    corrected = un_age_sex_accuracy(men, women, FIVES, small_population=True)["accuracy"]
    size = (sum(MEN) + sum(WOMEN)) / 100
    assert plain == pytest.approx(14.307629, abs=1e-6)
    assert corrected == pytest.approx(plain - 3500 / size**0.5 + 3.5)
    assert un_age_sex_accuracy(MEN, WOMEN, FIVES, small_population=True)["accuracy"] == pytest.approx(
        14.307629, abs=1e-6
    )


def test_cohorts_that_only_die_and_move_leave_no_residual() -> None:
    ratios = np.array([0.98, 0.99, 0.995, 0.99, 0.9, 0.4])
    first = np.array([100.0, 90, 80, 70, 60, 20])
    step = np.array([0, 99, 89.55, 79.2, 63, 32.0])
    assert first[:-1] * ratios[1:] + np.array([0, 0, 0, 0, 8.0]) == pytest.approx(step[1:])
    twice = np.array([0, 0, 98.505, 88.6545, 71.28, (63 + 32) * 0.4])
    moves = np.array([0, 0, 5.0, 0, 0, 0])
    found = cohort_residuals(first, twice + moves, ratios, steps=2, net_migration=moves)
    assert np.isnan(found["expected"][:2]).all()
    assert found["residual"][2:] == pytest.approx(np.zeros(4), abs=1e-9)
    unmoved = cohort_residuals(first, twice + moves, ratios, steps=2)
    assert unmoved["residual"][2] == pytest.approx(5) and unmoved["percent"][2] == pytest.approx(500 / 98.505)


def test_siegel_and_swanson_table_7_20() -> None:
    one = [7.38, 14.16, 14.79, 17.36, 15.11, 10.14, 8.50, 7.28, 5.28]
    two = [6.48, 12.27, 15.25, 15.10, 14.66, 10.80, 8.95, 9.28, 7.21]
    assert index_of_dissimilarity(one, two) == pytest.approx(5.5, abs=0.05)
    assert index_of_relative_difference(one, two) == pytest.approx(6.7, abs=0.05)
    assert index_of_dissimilarity(one, 7 * np.array(two)) == pytest.approx(index_of_dissimilarity(one, two))
    assert index_of_dissimilarity([1, 0], [0, 1]) == 100 and index_of_relative_difference(one, one) == 0
    with pytest.raises(DemographyError, match="分母为零"):
        index_of_relative_difference([1, 0], [1, 1])
