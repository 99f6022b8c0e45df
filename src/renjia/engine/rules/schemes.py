"""项目 — a scheme's page read and checked: conditions, course, amount, parameters by place."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from difflib import get_close_matches
from functools import lru_cache
from pathlib import Path

from renjia.engine.pages import DEFINITIONS, Page, PageError, load_pages
from renjia.engine.rules.errors import RuleError
from renjia.engine.rules.facts import Vocabulary, vocabulary
from renjia.engine.rules.grammar import LOCALITY, SCHEME
from renjia.engine.rules.inheritance import parameters_of
from renjia.engine.rules.places import Place
from renjia.engine.rules.sentences import Course, Line, Sentences, read_sentences
from renjia.engine.rules.standards import Parameter, Setting
from renjia.engine.rules.words import nearest


@dataclass(frozen=True)
class Scheme:
    """项目 — one version of a scheme's page, checked against its fact's vocabulary.

    parameters: by id, the page's own and those of the pages it `uses`; sentences: everything that is an expression;
    lacking: what is wanted when the page holds no rule — then everyone's answer is 需配置
    """

    page: Page
    per: str
    vocabulary: Vocabulary
    parameters: Mapping[str, Parameter]
    sentences: Sentences
    evidence: tuple[str, ...]
    papers: Mapping[str, str]
    lacking: tuple[str, ...]

    @property
    def id(self) -> str:
        """编号 — the page's."""
        return self.page.id

    @property
    def name(self) -> str:
        """名称 — in Chinese."""
        return self.page.name

    @property
    def conditions(self) -> tuple[Line, ...]:
        """条件 — all that must hold, exclusions with a test among them, in the page's order."""
        return self.sentences.conditions

    @property
    def course(self) -> Course | None:
        """期间 — None for a scheme that pays nothing."""
        return self.sentences.course

    @property
    def words(self) -> Mapping[str, str]:
        """词 — columns of the fact, word → type."""
        return self.vocabulary.words[self.per]

    def comment(self, word: str) -> str:
        """词义 — the fact's Chinese comment on a word."""
        return self.vocabulary.facts[self.per].columns.get(word, word)

    def paper(self, word: str) -> str:
        """要的材料 — the paper that would settle a word nobody knows."""
        return self.papers.get(word) or self.comment(word)

    def settings(self, place: Place, day: date) -> dict[str, Setting]:
        """各参数取值 — at a place on a day."""
        return {name: one.at(place, day) for name, one in self.parameters.items()}


_WITH_STANDARDS = ("standard", "leave")  # kinds beside schemes whose standards a locality may set


def schemes(root: Path = DEFINITIONS) -> list[Scheme]:
    """全部项目 — every version of every scheme, by id and date; PageError at the first page that is wrong."""
    return [read_scheme(page, root) for page in load_pages(SCHEME.kind, root)]


def scheme(name: str, on: date | None = None, root: Path = DEFINITIONS) -> Scheme:
    """取项目 — by id, Chinese name or another name it is known as; the version in force on the day (latest if None).

    RuleError, with the nearest name, when there is none or none in force.
    """
    return read_scheme(find_page(name, on, root), root)


def find_page(name: str, on: date | None = None, root: Path = DEFINITIONS) -> Page:
    """找项目的页 — as `scheme`, the page alone."""
    pages = load_pages(SCHEME.kind, root)
    wanted = folded(name)
    found = [page for page in pages if wanted in names_of(page)]
    if not found:
        known = "、".join(f"{page.id} {page.name}" for page in {page.id: page for page in pages}.values())
        raise RuleError(f"没有项目「{name}」{_near(wanted, pages)}；已有：{known or '（还没有）'}")
    if len({page.id for page in found}) > 1:
        raise RuleError(f"「{name}」指好几个项目：{'、'.join(sorted({page.id for page in found}))}；请写编号")
    if on is None:
        return found[-1]
    for page in found:
        if page.in_force(on):
            return page
    spans = "、".join(f"{page.since}～{page.until or ''}" for page in found)
    raise RuleError(f"「{found[0].name}」在 {on} 没有有效的版本；有效期：{spans}")


def _near(wanted: str, pages: Sequence[Page]) -> str:
    """Up to three names as their pages write them: those that hold what was asked first, then those spelt like it."""
    written = {folded(name): name for page in pages for name in _written(page)}
    holding = sorted((one for one in written if wanted and wanted in one), key=lambda one: (len(one), one))
    like = get_close_matches(wanted, sorted(written), n=3, cutoff=0.5)
    found = [written[one] for one in dict.fromkeys((*holding, *like))][:3]
    return f"（是不是「{'」「'.join(found)}」）" if found else ""


def _written(page: Page) -> list[str]:
    also = page.body.get("known_as", [])
    return [page.id, page.name, *(str(one) for one in also)]


def folded(name: str) -> str:
    """折叠 — a name as names are compared: small letters, `_` for `-`, brackets and strokes full width."""
    return name.strip().lower().replace("-", "_").replace("(", "（").replace(")", "）").replace("/", "／")


def names_of(page: Page) -> set[str]:
    """各种叫法 — id, Chinese name and `known_as`, folded as `scheme` folds what it is asked for."""
    return {folded(name) for name in _written(page)}


def known_names(root: Path = DEFINITIONS) -> dict[str, str]:
    """叫法表 — every name of every scheme → its id."""
    return {name: page.id for page in load_pages(SCHEME.kind, root) for name in names_of(page)}


def read_scheme(page: Page, root: Path | None = None) -> Scheme:
    """读项目 — a page already loaded; PageError at the line of what is wrong."""
    place = root or root_of(page)
    localities = load_pages(LOCALITY.kind, place)
    shared = {one.id: one for one in load_pages("standard", place)}
    read = (page, *localities, *shared.values())
    key = (page.until, tuple((one.path, one.path.stat().st_mtime_ns) for one in read))
    return _cached(key, _Given(page, localities, shared, vocabulary(place)))


def root_of(page: Page) -> Path:
    """页的根 — the definitions folder a scheme's page stands in."""
    folder = page.path.parent
    return folder.parents[1] if folder.name == page.id else folder.parent


class _Given:
    """What a scheme is read from; equal to any other of the same vocabulary: the cache looks at its key alone."""

    def __init__(self, page: Page, localities: list[Page], shared: dict[str, Page], words: Vocabulary) -> None:
        self.page, self.localities, self.shared, self.words = page, localities, shared, words

    def __eq__(self, other: object) -> bool:
        return isinstance(other, _Given) and self.words is other.words

    def __hash__(self) -> int:
        return id(self.words)


@lru_cache(maxsize=512)
def _cached(key: object, given: _Given) -> Scheme:
    page, words = given.page, given.words
    per = str(page.body["per"])
    if per not in words.facts:
        raise page.error(
            ("per",), f"没有事实「{per}」{nearest(per, words.facts)}", f"已有：{'、'.join(words.facts) or '（还没有）'}"
        )
    columns = words.words[per]
    if next(iter(columns)) != "id":
        raise page.error(("per",), f"事实「{per}」的第一列不是 id", "事实的第一列写 id（编号），一行一个对象")
    found = parameters_of(page, given.localities, given.shared)
    sentences = read_sentences(page, columns, found)
    lacking = _texts(page, "lacking")
    if not lacking and not sentences.conditions:
        raise page.error((), "没有 conditions（条件）", "写条件；文件没有给出条件的，写 lacking: [所缺的文件]")
    papers = page.body.get("papers", {})
    assert isinstance(papers, dict)
    for word in papers:
        if word not in columns:
            raise page.error(("papers", word), f"「{word}」不在词汇里{nearest(word, columns)}", "写事实里的词")
    return Scheme(
        page=page, per=per, vocabulary=words, parameters=found, sentences=sentences,
        evidence=_texts(page, "evidence"), papers={key: str(value) for key, value in papers.items()}, lacking=lacking,
    )  # fmt: skip


def _texts(page: Page, key: str) -> tuple[str, ...]:
    value = page.body.get(key, [])
    assert isinstance(value, list)
    return tuple(str(one) for one in value)


def check_pages(root: Path = DEFINITIONS) -> list[Scheme]:
    """核全部 — every scheme read, every locality speaking only of schemes and parameters there are."""
    found = schemes(root)
    known = {one.id for one in found} | {page.id for kind in _WITH_STANDARDS for page in load_pages(kind, root)}
    for page in load_pages(LOCALITY.kind, root):
        named = page.body["schemes"]
        assert isinstance(named, dict)
        for one in named:
            if one not in known:
                raise PageError(
                    page.path, page.line_of("schemes", one), f"没有项目「{one}」{nearest(one, known)}", "写项目的编号"
                )
    return found
