import pytest

from renjia.engine.synthetic import make_district, write_district
from renjia.engine.units import Month

MONTHS = tuple(Month(2025, month) for month in (1, 2, 3))


@pytest.fixture(scope="session")
def district():
    return make_district(births=12_000, months=MONTHS, seed=11)


@pytest.fixture(scope="session")
def large_district():
    """Large enough that shares lie within bands whatever the seed."""
    return make_district(births=50_000, months=MONTHS, seed=11)


@pytest.fixture(scope="session")
def folder(district, tmp_path_factory):
    out = tmp_path_factory.mktemp("district")
    write_district(district, out)
    return out
