"""随时断电 — a month killed at any step, and run again, ends as if nothing had happened; no moment between is half-saved."""

from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

import pytest

from slow.installation import Installation, Ran
from slow.killing import PLANTS
from slow.states import State, half_saved, state_of

pytestmark = [pytest.mark.slow, pytest.mark.timeout(240)]

JANUARY, FEBRUARY = "2025-01", "2025-02"
POINTS = {JANUARY: 10, FEBRUARY: 20}
EVERY_THIRD = 3  # of these the run that recovers is killed too
# Moments that an even spread might miss: a file just opened, all written but not yet in place, just before the server is up.
MOMENTS = (
    "opened, empty: /files", "os.rename /files",
    "opened, empty: /workset/.lock", "opened, empty: /workset/.2025-02-28…/place", "opened, empty: /workset/.2025-02-28…/manifest",
    "os.symlink", "os.rename /workset", "opened, empty: /bulletins/2025-02/.出生监测月报-2025-02.docx",
    "os.rename /bulletins/2025-02/.出生监测月报-2025-02.pdf", "execute select pg_advisory_unlock",
)  # fmt: skip


@dataclass
class Story:
    """一段历史 — the two months undisturbed: where each began, how it ended, and every step of it."""

    installation: Installation
    folder: Path
    before: dict[str, State]
    after: dict[str, State]
    steps: dict[str, list[str]]

    def put_back(self, month: str) -> None:
        self.installation.put_back("empty" if month == JANUARY else "january")

    def strike(self, month: str, **how: object) -> Ran:
        """One run, disturbed; what it left must be whole, stage by stage."""
        ran = self.installation.cycle(month, self.folder, **how)
        wrong = half_saved(state_of(self.installation), self.before[month], self.after[month])
        assert not wrong, f"struck at {ran.last!r}: {wrong}"
        return ran

    def recovers(self, month: str, struck: Ran) -> None:
        self.installation.recover(month, self.folder)
        found = self.after[month].differences(state_of(self.installation))
        assert not found, f"struck at {struck.last!r}: {found}"


@pytest.fixture(scope="module")
def story(installation: Installation, two_months: Path) -> Iterator[Story]:
    assert installation.prepare().code == 2
    installation.empty()
    installation.keep("empty")
    told = Story(installation, two_months, {JANUARY: state_of(installation)}, {}, {})
    for month in (JANUARY, FEBRUARY):
        ran = installation.cycle(month, two_months, trace=True)
        assert ran.code == 0, ran.said
        told.after[month], told.steps[month] = state_of(installation), ran.trace
        installation.keep("january" if month == JANUARY else "february")
    told.before[FEBRUARY] = told.after[JANUARY]
    yield told


def test_the_story_is_worth_killing(story: Story) -> None:
    """Every kind of thing a month can write is in it, and its steps are there to be struck."""
    after = story.after[FEBRUARY].parts
    assert not [name for name, part in after.items() if not part and name not in ("questions", "closings", "accounts")]
    assert len(story.steps[FEBRUARY]) > 150
    assert story.after[JANUARY].differences(story.after[FEBRUARY]).keys() >= {"cases", "membership", "verifications"}
    kinds = " ".join(story.steps[FEBRUARY])
    assert all(
        word in kinds for word in ("commit", "fsync", "os.rename", "__exit__", "execute INSERT", "opened, empty")
    )


def test_the_same_again_is_the_same(story: Story) -> None:
    story.put_back(FEBRUARY)
    story.recovers(FEBRUARY, Ran(0, ""))


@pytest.mark.parametrize(
    ("month", "number"), [(m, n) for m, count in POINTS.items() for n in range(count)], ids=lambda v: str(v)
)
def test_killed_at_a_step(story: Story, month: str, number: int) -> None:
    steps = story.steps[month]
    at = 1 + (2 * number + 1) * len(steps) // (2 * POINTS[month])
    story.put_back(month)
    struck = story.strike(month, at=at)
    assert struck.killed and struck.last
    if number % EVERY_THIRD == 0:
        left = len(steps) - at
        again = story.strike(month, at=max(5, 20 + left * (number + 1) // (POINTS[month] + 1)))
        assert again.killed
    story.recovers(month, struck)


@pytest.mark.parametrize("moment", MOMENTS)
def test_killed_at_a_named_moment(story: Story, moment: str) -> None:
    steps = story.steps[FEBRUARY]
    at = next(n for n, label in enumerate(steps, 1) if label.startswith(moment))
    story.put_back(FEBRUARY)
    struck = story.strike(FEBRUARY, at=at)
    assert struck.killed and struck.last.startswith(moment)
    story.recovers(FEBRUARY, struck)


@pytest.mark.parametrize("share", [0.2, 0.5, 0.8])
def test_killed_from_outside_at_a_time(story: Story, share: float) -> None:
    """The clock chooses the moment, inside a statement or a calculation as it happens."""
    story.put_back(FEBRUARY)
    whole = story.installation.cycle(FEBRUARY, story.folder).seconds
    story.put_back(FEBRUARY)
    struck = story.strike(FEBRUARY, after=share * whole)
    story.recovers(FEBRUARY, struck)


@pytest.mark.parametrize(
    "moment", ["__exit__", 'execute SELECT "births_question"', 'execute INSERT INTO "births_verif', "fsync"]
)
def test_database_killed_under_the_run(story: Story, moment: str) -> None:
    """The server dies first; the run fails, the next one starts the server and ends the same."""
    at = [n for n, label in enumerate(story.steps[FEBRUARY], 1) if label.startswith(moment)][-1]
    story.put_back(FEBRUARY)
    struck = story.strike(FEBRUARY, at=at, server=True)
    assert struck.code == 1 and "OperationalError" in struck.said
    story.recovers(FEBRUARY, struck)


@pytest.mark.parametrize("plant", PLANTS)
def test_planted_fault_is_caught(story: Story, plant: str) -> None:
    """The control: a stage that commits half, or a file written in place, and these comparisons do see it."""
    story.put_back(FEBRUARY)
    with pytest.raises(Exception) as caught:
        story.recovers(FEBRUARY, story.strike(FEBRUARY, plant=plant))
    assert isinstance(caught.value, AssertionError) or plant == "file_in_place"
