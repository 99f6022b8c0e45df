"""Every indicator counted a second time, row by row in plain Python from the words of its page, must agree.

The rows hold what pages' cases leave out: knowledge withdrawn (`known_to`) in every table, reports before the birth,
cases with no birth date, reports of a case that is no longer held.
"""

import random
from calendar import monthrange
from collections import defaultdict
from datetime import date, timedelta

import pytest

from renjia.engine.units import Month
from renjia.measure.indicators import all_indicators, compute, rows_behind

STREETS = ("310115001", "310115002", None)
FEEDS = {"registration": None, "hospital_delivery": 3, "vaccination": 30}
MONTHS = [Month(2025, month) for month in range(1, 7)]
WITHDRAWN = (None, None, None, None, date(2025, 7, 2))
HALVES = ("numerator", "denominator")


def make_rows(at: random.Random, size: int):
    rows = defaultdict(list)
    rows["place"] = [{"code": "310115", "level": "district"}]
    for number in range(size):
        case, street = f"c{number:02d}", at.choice(STREETS)
        born = at.choice([None, *[date(2025, 1, 1) + timedelta(at.randrange(181)) for _ in range(9)]])
        here = {"case": case, "street": street}
        outcome = at.choice(["live", "live", "live", "still", None])
        rows["birth_case"].append(here | {"born": born, "outcome": outcome, "known_to": at.choice(WITHDRAWN)})
        for feed, due_days in FEEDS.items():
            for _ in range(at.choice([0, 1, 1, 2])):
                reported = at.choice(
                    [None, *[(born or date(2025, 3, 1)) + timedelta(at.randrange(-5, 45)) for _ in "12345"]]
                )
                rows["birth_report"].append(
                    here | {"feed": feed, "born": born, "reported": reported, "arrived": str(at.choice(MONTHS))}
                    | {"due_days": due_days, "known_to": at.choice(WITHDRAWN)}
                )  # fmt: skip
        for month in at.sample(MONTHS, at.choice([0, 1, 2])):
            result, due = (
                at.choice([None, "confirmed", "corrected", "unverifiable"]),
                at.choice([None, date(2025, 4, 16)]),
            )
            verified = date(2025, 4, 16) + timedelta(at.randrange(-2, 3)) if result else None
            rows["birth_verification"].append(
                here | {"period": str(month), "result": result, "due": due, "verified": verified}
                | {"known_to": at.choice(WITHDRAWN)}
            )  # fmt: skip
        for field in ("born", "sex"):
            rows["birth_agreement"].append(
                here | {"period": str(at.choice(MONTHS)), "field": field, "sources": at.choice([None, 0, 1, 2, 3])}
                | {"agree": at.choice([True, False, None]), "known_to": at.choice(WITHDRAWN)}
            )  # fmt: skip
    return rows


class Oracle:
    """Numerator and denominator by street of each indicator, counted without SQL."""

    def __init__(self, rows, first, last):
        self.within = lambda month: month is not None and str(first) <= month <= str(last)
        self.held = {name: [r for r in table if r.get("known_to") is None] for name, table in rows.items()}
        self.cases = {r["case"]: r for r in self.held.get("birth_case", [])}
        self.found = defaultdict(lambda: defaultdict(lambda: [0, 0]))
        self.births()
        self.reports()
        self.expected()
        self.verifications()
        self.agreement()

    def add(self, id, street, hit):
        halves = self.found[id][street or "310115000"]
        halves[0] += bool(hit)
        halves[1] += 1

    def case_of(self, row):
        return self.cases.get(row["case"], {})

    def is_live(self, case):
        return case.get("outcome") in (None, "live")

    def births(self):
        for case in self.cases.values():
            if self.is_live(case) and case["born"] and self.within(str(Month.of(case["born"]))):
                self.add("births", case["street"], True)

    def reports(self):
        first, opened = {}, {}
        for row in sorted(
            self.held.get("birth_report", []),
            key=lambda r: (r["arrived"], r["reported"] is None, r["reported"] or date.max),
        ):
            first.setdefault((row["case"], row["feed"]), row)
            opened.setdefault(row["case"], row)
        for id, counted in (("births_by_source", first), ("reported_volume", opened), ("reporting_timeliness", first)):
            for row in counted.values():
                case = self.case_of(row)
                if not self.is_live(case) or not self.within(row["arrived"]):
                    continue
                if id == "reporting_timeliness" and row["due_days"] is None:
                    continue
                born = case.get("born") or row["born"]
                known = born and row["reported"] and row["due_days"] is not None
                in_time = known and row["reported"] <= born + timedelta(row["due_days"])
                self.add(id, case.get("street") or row["street"], in_time if id == "reporting_timeliness" else True)

    def expected(self):
        reports = self.held.get("birth_report", [])
        if not reports:
            return
        last = Month.parse(max(r["arrived"] for r in reports))
        horizon = date(last.year, last.month, monthrange(last.year, last.month)[1])
        sent = {(r["case"], r["feed"]) for r in reports}
        for feed, days in FEEDS.items():
            arrived = [r["arrived"] for r in reports if r["feed"] == feed]
            if days is None or not arrived:
                continue
            for case in self.cases.values():
                born = case["born"]
                if not self.is_live(case) or not born or not self.within(str(Month.of(born))):
                    continue
                if Month.parse(min(arrived)).first <= born and born + timedelta(days) < horizon:
                    self.add("missing_share", case["street"], (case["case"], feed) not in sent)

    def verifications(self):
        for row in self.held.get("birth_verification", []):
            if self.within(row["period"]):
                done = row["result"] is not None
                self.add("completion_rate", row["street"], done)
                self.add("timeliness_rate", row["street"], done and row["due"] and row["verified"] <= row["due"])
                self.add("unverifiable_share", row["street"], row["result"] == "unverifiable")

    def agreement(self):
        for row in self.held.get("birth_agreement", []):
            if self.within(row["period"]) and (row["sources"] or 0) >= 2:
                self.add("field_agreement", self.case_of(row).get("street") or row["street"], row["agree"])


def halves(figure) -> list[int]:
    return [figure.numerator, figure.numerator if figure.denominator is None else figure.denominator]


@pytest.mark.parametrize("seed", range(6))
def test_the_same_numbers_counted_row_by_row(over, seed):
    at = random.Random(seed)
    rows = make_rows(at, 40)
    first, last = sorted(at.sample(MONTHS, 2))
    oracle = Oracle(rows, first, last)
    for table in rows.values():
        at.shuffle(table)
    with over(rows) as con:
        for page in all_indicators():
            figures = compute(page.id, con, ("street",), period=(first, last))
            found = {figure.place: halves(figure) for figure in figures if any(halves(figure))}
            assert found == dict(oracle.found[page.id]), page.id
            for figure in figures[:1]:
                for half in HALVES:
                    if (count := getattr(figure, half)) is not None:
                        assert len(rows_behind(page.id, con, figure.place, (first, last), half)) == count, (
                            page.id,
                            half,
                        )


def test_a_withdrawn_batch_does_not_bring_terms_to_an_end(over):
    """April's file was withdrawn, so the latest batch is March's: nobody was due to report this child by then."""
    arrived = {"case": "b", "feed": "hospital_delivery", "due_days": 3}
    rows = {
        "birth_case": [{"case": "a", "born": date(2025, 3, 29)}],
        "birth_report": [
            arrived | {"arrived": "2025-03"},
            arrived | {"arrived": "2025-04", "known_to": date(2025, 5, 2)},
        ],
    }
    with over(rows) as con:
        assert [halves(f) for f in compute("missing_share", con, (), period=Month(2025, 3))] == [[0, 0]]


def test_the_oracle_knows_every_indicator():
    """A new page is counted here too, or this says so."""
    everything = Oracle(make_rows(random.Random(0), 60), MONTHS[0], MONTHS[-1]).found
    assert {page.id for page in all_indicators()} <= set(everything)
