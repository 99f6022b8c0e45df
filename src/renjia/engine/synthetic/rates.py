"""比率 — how often each source reports a child, how late, how badly: the whole error model's numbers on one page.

They are the author's judgement of how records go wrong in life, chosen so that an exact join on mother's number and
date finds as little as it does in practice (pair F1 about 0.86); none is an estimate for a real district.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field, replace

REGISTRATION, HOSPITAL, VACCINATION, CERTIFICATE, HUKOU = (
    "registration", "hospital_delivery", "vaccination", "birth_certificate", "hukou_birth",
)  # fmt: skip
SOURCES = (REGISTRATION, HOSPITAL, VACCINATION, CERTIFICATE, HUKOU)


@dataclass(frozen=True, slots=True)
class Rates:
    """一个来源 — shares unless said otherwise.

    covers          of local, migrant and visiting families' children
    frail           factor on `covers` for families hard to reach
    median, spread  days from birth to report, log-normal
    slow            share reported much later, by local, migrant, visitor
    slow_days       from, to
    twice           the same child under a second record number
    """

    covers: tuple[float, float, float]
    frail: float
    median: float
    spread: float
    slow: tuple[float, float, float]
    slow_days: tuple[int, int]
    twice: float
    mother_name: float
    mother_number: float
    mother_number_missing: float
    father_for_mother: float
    father_name: float
    father_number: float
    father_missing: float
    midnight: float  # date a day off, of births within half an hour of midnight
    day_off: float
    day_month: float
    month_off: float
    year_off: float  # of births in January and February
    sex: float
    phone: tuple[float, float, float, float]  # mother's, father's, a relative's, none
    phone_slip: float
    phone_style: float
    address_slip: float
    hukou_address: float  # a local mother's household address in place of where she lives
    earlier_address: float
    unreadable: float  # rows a careful intake sends back


_DISTRICT: dict[str, Rates] = {
    REGISTRATION: Rates(
        covers=(0.945, 0.70, 0.01), frail=0.45, median=15, spread=0.8, slow=(0.05, 0.09, 0.1), slow_days=(50, 330),
        twice=0.006, mother_name=0.022, mother_number=0.018, mother_number_missing=0.004, father_for_mother=0.004,
        father_name=0.024, father_number=0.014, father_missing=0.02, midnight=0.08, day_off=0.006, day_month=0.003,
        month_off=0.0015, year_off=0.004, sex=0.004, phone=(0.78, 0.19, 0.01, 0.02), phone_slip=0.006,
        phone_style=0.02, address_slip=0.012, hukou_address=0.05, earlier_address=0.02, unreadable=0.0008,
    ),
    HOSPITAL: Rates(
        covers=(0.985, 0.98, 0.98), frail=0.96, median=1.8, spread=0.6, slow=(0.01, 0.01, 0.01), slow_days=(10, 60),
        twice=0.0015, mother_name=0.028, mother_number=0.026, mother_number_missing=0.0, father_for_mother=0.003,
        father_name=0.04, father_number=0.0, father_missing=0.0, midnight=0.10, day_off=0.0015, day_month=0.001,
        month_off=0.0007, year_off=0.003, sex=0.0015, phone=(0.84, 0.10, 0.03, 0.03), phone_slip=0.007,
        phone_style=0.015, address_slip=0.02, hukou_address=0.10, earlier_address=0.03, unreadable=0.0008,
    ),
    VACCINATION: Rates(
        covers=(0.955, 0.89, 0.05), frail=0.70, median=14, spread=0.6, slow=(0.015, 0.07, 0.1), slow_days=(30, 160),
        twice=0.009, mother_name=0.034, mother_number=0.030, mother_number_missing=0.0, father_for_mother=0.008,
        father_name=0.04, father_number=0.0, father_missing=0.0, midnight=0.07, day_off=0.005, day_month=0.002,
        month_off=0.001, year_off=0.003, sex=0.004, phone=(0.64, 0.26, 0.07, 0.03), phone_slip=0.009,
        phone_style=0.02, address_slip=0.025, hukou_address=0.03, earlier_address=0.03, unreadable=0.0008,
    ),
    CERTIFICATE: Rates(
        covers=(0.985, 0.97, 0.96), frail=0.86, median=5.0, spread=0.8, slow=(0.03, 0.07, 0.02), slow_days=(25, 200),
        twice=0.001, mother_name=0.008, mother_number=0.006, mother_number_missing=0.002, father_for_mother=0.001,
        father_name=0.01, father_number=0.008, father_missing=0.012, midnight=0.03, day_off=0.0008, day_month=0.0005,
        month_off=0.0003, year_off=0.001, sex=0.0008, phone=(0.0, 0.0, 0.0, 1.0), phone_slip=0.0,
        phone_style=0.0, address_slip=0.015, hukou_address=0.20, earlier_address=0.02, unreadable=0.0008,
    ),
    HUKOU: Rates(
        covers=(0.955, 0.94, 0.0), frail=0.70, median=26, spread=0.75, slow=(0.05, 0.10, 0.0), slow_days=(90, 360),
        twice=0.001, mother_name=0.014, mother_number=0.010, mother_number_missing=0.035, father_for_mother=0.006,
        father_name=0.016, father_number=0.01, father_missing=0.015, midnight=0.04, day_off=0.0015, day_month=0.001,
        month_off=0.0008, year_off=0.002, sex=0.001, phone=(0.0, 0.0, 0.0, 1.0), phone_slip=0.0,
        phone_style=0.0, address_slip=0.008, hukou_address=0.0, earlier_address=0.0, unreadable=0.0008,
    ),
}  # fmt: skip

SENT_AGAIN = 0.005
BATCH_AGAIN_DAYS = 3  # one hospital a month sends its last days again with the next month's file
CORRECTED_WHEN_AGAIN = 0.3
LATE_STREET_DAYS = 8  # one street a month registers its last days in the month after


@dataclass(frozen=True, slots=True)
class ErrorModel:
    """误差模型 — every source's rates and the factors over them.

    private              factor on `covers` in clinics that report by hand
    home, elsewhere      share covered of children born at home, or in a hospital of another district
    single               factor on `covers` where no father is named
    one_twin_left_out    of twins and triplets, source by source
    carded_in_ward       vaccination cards begun before the mother goes home; the others at the first visits after
    reissued             certificates replaced by a new one
    new_number_used      by a source that reports after the re-issue
    clinic_no_number     the two shapes of the beta over clinics: share of cards without mother's number
    """

    sources: Mapping[str, Rates]
    private: Mapping[str, float] = field(default_factory=lambda: {HOSPITAL: 0.90, CERTIFICATE: 0.96})
    home: Mapping[str, float] = field(default_factory=lambda: {HOSPITAL: 0.0, CERTIFICATE: 0.5})
    elsewhere: Mapping[str, float] = field(default_factory=lambda: {HOSPITAL: 0.0, CERTIFICATE: 0.05})
    single: Mapping[str, float] = field(default_factory=lambda: {REGISTRATION: 0.75})
    one_twin_left_out: float = 0.008
    carded_in_ward: float = 0.5
    reissued: float = 0.007
    new_number_used: float = 0.8
    clinic_no_number: tuple[float, float] = (2.4, 3.6)


DISTRICT = ErrorModel(_DISTRICT)

# The large tables of `renjia synth --parquet`: four sources of several districts, nearly every child in each of them,
# the cells wrong as often as in the district's files. Set by the peers' scores alone (see `make bench-linkage`: exact
# join F1 0.84–0.87, deterministic passes 0.985–0.992, Splink 0.980–0.985), never by ours.
TABLES = ErrorModel(
    sources={
        REGISTRATION: replace(_DISTRICT[REGISTRATION], covers=(0.965, 0.92, 0.40), frail=0.9, twice=0.004),
        HOSPITAL: replace(_DISTRICT[HOSPITAL], covers=(0.985, 0.98, 0.98), frail=0.9),
        VACCINATION: replace(_DISTRICT[VACCINATION], covers=(0.975, 0.95, 0.50), frail=0.9, twice=0.005),
        CERTIFICATE: replace(_DISTRICT[CERTIFICATE], covers=(0.985, 0.98, 0.97), frail=0.9),
    },
    elsewhere={HOSPITAL: 0.9, CERTIFICATE: 0.9},
    single={REGISTRATION: 0.9},
    clinic_no_number=(2.4, 4.4),
)
