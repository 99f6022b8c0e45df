"""Rates of the second generator: what share of each department's rows is written how.

Set by what departments are known to do, then tuned by the peers' scores alone (naive join, deterministic passes, Splink),
never by the product's.
"""

from second_sources import Habits

# fmt: off
REGISTRATION = Habits(
    local=0.965, migrant=0.86, again=0.004,
    name={"heard": 0.014, "accent": 0.002, "seen": 0.003, "old": 0.002, "lost": 0.001, "twice": 0.001, "turned": 0.001,
          "spaced": 0.012},
    number={"mistyped": 0.005, "misread": 0.002, "turned": 0.004, "lost": 0.003, "twice": 0.002, "fifteen": 0.008,
            "last": 0.006, "groups": 0.008, "wide": 0.005, "apostrophe": 0.006},
    no_number=0.015, filler=0.004, husbands=0.006, grandmas=0.001,
    date={"off": 0.005, "changed_over": 0.001, "lunar": 0.003, "month": 0.0005, "reported": 0.002, "missing": 0.002,
          "midnight": 0.05, "january": 0.01},
    phone={"second": 0.08, "father": 0.14, "grandma": 0.02, "landline": 0.01, "missing": 0.02, "slips": 0.01,
           "dressed": 0.02, "copied": 0.006, "desk": 0.0},
    father=0.97, father_number=0.93, sex_missing=0.012, sex_wrong=0.003,
)
HOSPITAL = Habits(
    local=0.975, migrant=0.955, again=0.003,
    name={"heard": 0.02, "accent": 0.004, "seen": 0.004, "old": 0.002, "lost": 0.002, "twice": 0.001, "turned": 0.001,
          "spaced": 0.01},
    number={"mistyped": 0.008, "misread": 0.003, "turned": 0.006, "lost": 0.003, "twice": 0.002, "fifteen": 0.006,
            "last": 0.008, "sheet": 0.008, "groups": 0.008, "wide": 0.005, "apostrophe": 0.008},
    no_number=0.035, filler=0.008, husbands=0.004, grandmas=0.001,
    date={"off": 0.004, "changed_over": 0.001, "month": 0.001, "reported": 0.004, "midnight": 0.1, "january": 0.006},
    phone={"second": 0.06, "father": 0.18, "grandma": 0.03, "landline": 0.01, "missing": 0.02, "slips": 0.012,
           "dressed": 0.01, "copied": 0.01, "desk": 0.02},
    father=0.82, father_number=0.4, sex_missing=0.004, sex_wrong=0.002,
)
VACCINATION = Habits(
    local=0.97, migrant=0.9, again=0.006,
    name={"heard": 0.028, "accent": 0.006, "seen": 0.004, "old": 0.001, "lost": 0.003, "twice": 0.001, "turned": 0.001,
          "spaced": 0.008, "starred": 0.001},
    number={"mistyped": 0.01, "misread": 0.002, "turned": 0.006, "lost": 0.004, "twice": 0.002, "fifteen": 0.004,
            "last": 0.01, "sheet": 0.006, "groups": 0.004, "wide": 0.004, "apostrophe": 0.004},
    no_number=0.17, filler=0.01, husbands=0.016, grandmas=0.004,
    date={"off": 0.004, "changed_over": 0.001, "lunar": 0.002, "month": 0.0005, "reported": 0.002, "midnight": 0.05,
          "january": 0.008},
    phone={"second": 0.1, "father": 0.2, "grandma": 0.07, "landline": 0.01, "missing": 0.02, "slips": 0.01,
           "dressed": 0.01, "copied": 0.005, "desk": 0.004},
    father=0.85, father_number=0.15, sex_missing=0.004, sex_wrong=0.004,
    extra={"grandma_named": 0.7, "characters": 0.5},
)
CERTIFICATE = Habits(
    local=0.97, migrant=0.92, again=0.002,
    name={"heard": 0.008, "accent": 0.001, "seen": 0.002, "old": 0.002, "lost": 0.001, "twice": 0.0005, "turned": 0.0005,
          "spaced": 0.01},
    number={"mistyped": 0.005, "misread": 0.004, "turned": 0.003, "lost": 0.002, "twice": 0.001, "fifteen": 0.003,
            "last": 0.003, "groups": 0.006, "wide": 0.008, "apostrophe": 0.004},
    no_number=0.006, filler=0.001, husbands=0.003, grandmas=0.0,
    date={"off": 0.003, "changed_over": 0.001, "month": 0.0005, "reported": 0.003, "midnight": 0.06, "january": 0.006},
    phone={"second": 0.08, "father": 0.25, "grandma": 0.02, "landline": 0.01, "missing": 0.25, "slips": 0.01,
           "dressed": 0.01, "copied": 0.004, "desk": 0.008},
    father=0.96, father_number=0.94, sex_missing=0.002, sex_wrong=0.001,
)
