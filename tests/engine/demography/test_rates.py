"""率、结构、标准化。"""

import numpy as np
import pytest

from renjia.engine.demography import (
    DemographyError,
    ageing_index,
    ageing_share,
    balancing_residual,
    check_balance,
    crude_rate,
    dependency_ratios,
    directly_standardised_rate,
    growth_rate,
    indirectly_standardised,
    infant_mortality_rate,
    mean_age,
    mean_population,
    median_age,
    net_rate,
    persons_between,
    population_sex_ratio,
    singulate_mean_age_at_marriage,
    specific_rates,
)

AGE = np.arange(0, 90, 5)
POP = np.array([50, 60, 70, 80, 90, 100, 100, 95, 90, 85, 80, 70, 60, 50, 40, 30, 20, 15.0])


def test_crude_and_net_rates() -> None:
    """七普前一年浦东量级: births 28 000 of a mean population of 5 680 000 is 4.93 ‰."""
    mean = mean_population([5_680_000], [5_680_000])
    assert crude_rate([28_000], mean) == pytest.approx([4.929577], abs=1e-6)
    assert net_rate([28_000], [33_000], mean) == pytest.approx([-0.880282], abs=1e-6)
    assert mean_population([100], [110]) == [105]
    assert growth_rate([100.0], [100 * np.exp(0.05)], 5) == pytest.approx([0.01])
    assert infant_mortality_rate([5], [1000]) == [5.0] and infant_mortality_rate([1], [10_000], per=100_000) == [10.0]
    assert specific_rates([1, 2], [100, 50]) == pytest.approx([0.01, 0.04])
    with pytest.raises(DemographyError, match="大于活产数"):
        infant_mortality_rate([5], [4])


def test_balance() -> None:
    assert balancing_residual([100], [108], [10], [5], [3]) == [0]
    check_balance([100.0], [108.4], [10], [5], [3], tolerance=0.5)
    with pytest.raises(DemographyError, match=r"差 0\.4"):
        check_balance([100.0], [108.4], [10], [5], [3])


def test_standardisation() -> None:
    rates, standard = np.array([0.001, 0.01, 0.1]), np.array([50, 40, 10])
    assert directly_standardised_rate(rates, standard) == pytest.approx(0.0145)
    assert directly_standardised_rate([rates, 2 * rates], standard, per=1000) == pytest.approx([14.5, 29.0])
    found = indirectly_standardised(29.0, [500, 400, 100], rates, 0.0145)
    assert (float(found["expected"]), float(found["ratio"]), float(found["rate"])) == pytest.approx((14.5, 2.0, 0.029))
    own = indirectly_standardised((rates * standard).sum(), standard, rates, 0.0145)
    assert float(own["ratio"]) == pytest.approx(1)
    with pytest.raises(DemographyError, match="不能对齐"):
        directly_standardised_rate(rates, [1, 1])


def test_structure() -> None:
    found = dependency_ratios(POP, AGE)
    child, work, old = 180, 850, 155
    assert float(found["child"]) == pytest.approx(child / work * 100)
    assert float(found["old"]) == pytest.approx(old / work * 100)
    assert float(found["total"]) == pytest.approx((child + old) / work * 100)
    assert float(ageing_share(POP, AGE)) == pytest.approx(old / POP.sum() * 100)
    assert float(ageing_share(POP, AGE, old=60)) == pytest.approx((old + 60) / POP.sum() * 100)
    assert float(ageing_index(POP, AGE)) == pytest.approx(old / child * 100)
    assert float(persons_between(POP, AGE, 80)) == 35
    assert population_sex_ratio([105], [100]) == [105]
    with pytest.raises(DemographyError, match="18 岁不是某组的下限"):
        persons_between(POP, AGE, 18)


def test_median_and_mean_age() -> None:
    """L + (N/2 − F before) / f · w."""
    assert median_age([10, 20, 10], [0, 10, 20]) == pytest.approx(15.0)
    assert median_age(POP, AGE) == pytest.approx(35 + (POP.sum() / 2 - 550) / 95 * 5)
    assert median_age(np.stack([POP, POP]), AGE).shape == (2,)
    assert mean_age([1, 1], [0, 10], open_mean=20) == pytest.approx(12.5)
    assert mean_age([1, 1], [0, 10]) == pytest.approx(10)
    with pytest.raises(DemographyError, match="开放组"):
        median_age([1, 1, 10], [0, 10, 20])
    with pytest.raises(DemographyError, match="低于开放组下限"):
        mean_age([1, 1], [0, 10], open_mean=5)


def test_smam() -> None:
    """All marry on their 25th birthday: 25; with a tenth never marrying the same; by hand for a mixed case."""
    age = np.arange(15, 55, 5)
    assert singulate_mean_age_at_marriage([1, 1, 0, 0, 0, 0, 0, 0], age) == pytest.approx(25)
    assert singulate_mean_age_at_marriage([1, 1, 0.1, 0.1, 0.1, 0.1, 0.1, 0.1], age) == pytest.approx(25)
    mixed = [0.95, 0.6, 0.25, 0.1, 0.06, 0.05, 0.04, 0.02]
    assert singulate_mean_age_at_marriage(mixed, age) == pytest.approx((15 + 5 * sum(mixed[:7]) - 50 * 0.03) / 0.97)
    with pytest.raises(DemographyError, match="八组"):
        singulate_mean_age_at_marriage(mixed[:7], age[:7])
