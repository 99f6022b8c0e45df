"""织网 — a page's conditions and course as the terms a sieve asks, and once more for each value tried where one is unset."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass

from sqlglot import exp

from renjia.engine.rules.binding import Binder, Reading
from renjia.engine.rules.schemes import Scheme
from renjia.engine.rules.sifting.opening import Hanging, Opening
from renjia.engine.rules.sifting.sieve import Sieve, sieve
from renjia.engine.rules.sifting.terms import Terms, UnsupportedError


@dataclass(frozen=True)
class Mesh:
    """网 — one page at one place: the reading that decides, those tried, the parameters unset and the givens that hang on one."""

    scheme: Scheme
    binder: Binder
    reading: Reading
    tried: Sequence[Reading]
    hung: set[str]
    unset: set[str]

    def sieve(self, keys: Sequence[str], words: tuple[str, ...], *, whole: bool) -> Sieve | None:
        """筛 — as `sieve` makes it; None where something is left to SQL. keys: wanted of who is settled; words: as `Opening`."""
        course = self.scheme.course
        terms = Terms(self.scheme.words, self._given)
        every = course.every if course is not None else ""
        try:
            opening = Opening(
                tuple(self._hanging(terms, line.test.tree) for line in self.scheme.conditions),
                self._hanging(terms, course.first.tree) if course is not None else None,
                self._hanging(terms, course.last.tree) if course is not None and course.last is not None else None,
                every == "once", words,
            )  # fmt: skip
            over = "this_month" if every == "month" else "this_january"
            return sieve(terms, opening, over, whole, {one: self._given(one) for one in keys})
        except UnsupportedError:
            return None

    def _hanging(self, terms: Terms, tree: exp.Expr) -> Hanging:
        tried = self.tried if self.scheme.sentences.reach(tree) & self.unset else []
        found = [terms.of(self.binder.bound(tree, one, self._column(one))) for one in tried]
        return Hanging(terms.of(self.binder.bound(tree, self.reading, lambda given: given)), tuple(found))

    def _column(self, reading: Reading) -> Callable[[str], str]:
        """What a given is called in a reading: one of its own where it hangs on what is tried."""
        return lambda given: given + reading.suffix if given in self.hung else given

    def _given(self, name: str) -> exp.Expr | None:
        """The tree such a name stands for; None for a word that is not one."""
        givens = self.scheme.sentences.givens
        if name in givens:
            return self.binder.bound(givens[name].tree, self.reading, lambda given: given)
        for reading in self.tried:
            base = name.removesuffix(reading.suffix)
            if base in self.hung:
                return self.binder.bound(givens[base].tree, reading, self._column(reading))
        return None
