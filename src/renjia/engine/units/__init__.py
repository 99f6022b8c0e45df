"""单位 — months, identity numbers, division codes, ages, working days, masks, money."""

from renjia.engine.units.ages import age_on, reach_date
from renjia.engine.units.divisions import district_of, is_code, level_of, shortest, street_of
from renjia.engine.units.filing import system_said
from renjia.engine.units.identity import Identity, check_character, parse_identity
from renjia.engine.units.masks import mask_certificate, mask_identity, mask_infant, mask_name, mask_phone, surname
from renjia.engine.units.money import fen, yuan
from renjia.engine.units.months import Month
from renjia.engine.units.statutory import StatutoryDays
from renjia.engine.units.workdays import WorkingCalendar

__all__ = [
    "Identity",
    "Month",
    "StatutoryDays",
    "WorkingCalendar",
    "age_on",
    "check_character",
    "district_of",
    "fen",
    "is_code",
    "level_of",
    "mask_certificate",
    "mask_identity",
    "mask_infant",
    "mask_name",
    "mask_phone",
    "parse_identity",
    "reach_date",
    "shortest",
    "street_of",
    "surname",
    "system_said",
    "yuan",
]
