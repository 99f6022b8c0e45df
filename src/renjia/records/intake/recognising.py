"""认来源 — which feed a table is, which column is which field; forbidden columns refuse the file."""

import re
from collections.abc import Iterable
from dataclasses import dataclass

from renjia.records.intake.feeds import FIELDS, Column, Feed
from renjia.records.intake.headers import header_and_unit, plain_header
from renjia.records.intake.problems import REFUSE, WARN, Option, Problem, Refusal, refuse
from renjia.records.intake.reading import Reading

OURS = frozenset(map(plain_header, ("原行号", "退回原因", "怎样改")))
_REPEATED = re.compile(r"(.+)#\d+")
_NEAR = 2
_WHO = ("mother_name", "mother_id", "baby_name", "certificate")


@dataclass(frozen=True, slots=True)
class Use:
    """一列的用处 — where the column is, its name in the file, how it is read, the unit its bracket says."""

    index: int
    header: str
    column: Column
    unit: str


@dataclass(slots=True)
class Layout:
    """各列的理解 — columns used (page order: for one field the first wins), unknown, known but unused, and remarks."""

    uses: list[Use]
    unknown: list[str]
    unused: list[str]
    notes: list[str]


def recognise(reading: Reading, feeds: Iterable[Feed]) -> Feed:
    """认来源 — the feed these columns belong to, by columns first, then by the name of file, sheet or title.

    Raises Refusal: a forbidden column; no feed fits; several fit (options: feed). `reading.choice.feed` settles it.
    """
    all_feeds = list(feeds)
    chosen = reading.choice.feed
    if chosen is not None:
        found = next((feed for feed in all_feeds if feed.id == chosen), None)
        if found is None:
            raise refuse(reading.filename, f"没有来源「{chosen}」", f"可选：{'、'.join(feed.id for feed in all_feeds)}")
        _refuse_forbidden(reading, [found])
        return found
    score = {feed.id: _score(reading, feed) for feed in all_feeds}
    best = max(score.values(), default=0)
    near = [feed for feed in all_feeds if score[feed.id] >= max(best - _NEAR, 1)]
    named = [feed for feed in all_feeds if _is_named(reading, feed)]
    top = [feed for feed in near if score[feed.id] == best]
    fitting = [feed for feed in near if feed in named]
    _refuse_forbidden(reading, fitting if len(fitting) == 1 else near or all_feeds)
    if len(fitting) == 1:
        return fitting[0]
    if len(top) == 1 and (top[0] in named or all(2 * score[feed.id] <= best for feed in named)):
        if named and top[0] not in named:
            _warn_of_name(reading, named[0], top[0])
        return top[0]
    options = [Option("feed", feed.id, feed.name) for feed in (top + [one for one in named if one not in top])]
    if not options:
        raise refuse(
            reading.filename, "不像任何一个来源：没有出生日期，或没有母亲、孩子、证号中的任何一列",
            "请核对列名；列名特别的请选定来源，再说明各列是什么", row=reading.header_row,
            options=[Option("feed", feed.id, feed.name) for feed in all_feeds],
        )  # fmt: skip
    what = "列名与文件名不合" if named else "几个来源都像"
    raise refuse(
        reading.filename, f"{what}：{'、'.join(option.label for option in options)}", "请选定来源", options=options
    )


def lay_out(reading: Reading, feed: Feed) -> Layout:
    """定各列 — each column of the file to a field, by the person's mapping first, then by the feed's page."""
    mapping = reading.choice.mapping
    _refuse_bad_mapping(reading)
    by_column: dict[str, list[tuple[int, str]]] = {}
    uses: list[Use] = []
    unknown: list[str] = []
    unused: list[str] = []
    notes: list[str] = []
    for index, header in enumerate(reading.columns):
        if header in mapping:
            if mapping[header]:
                uses.append(Use(index, header, _as_column(mapping[header], feed), header_and_unit(header)[1]))
                notes.append(f"「{header}」按人工指定读作 {FIELDS[mapping[header]][0]}")
            else:
                unused.append(header)
        elif (column := feed.column_of(header)) is not None:
            by_column.setdefault(column.name, []).append((index, header))
        elif feed.ignores(header) or plain_header(header) in OURS:
            unused.append(header)
        else:
            unknown.append(header)
    taken = {use.column.field for use in uses}
    for column in feed.columns:
        found = by_column.get(column.name, [])
        if column.field in taken or not found:
            unknown += [header for _, header in found]
            continue
        index, header = min(found, key=lambda one: (plain_header(one[1]) != plain_header(column.name), one[0]))
        uses.append(Use(index, header, column, header_and_unit(header)[1]))
        for _, other in found:
            if other != header:
                unknown.append(other)
                notes.append(f"「{other}」与「{header}」都像{FIELDS[column.field][0]}，用了后者；要用前者请指定")
    _refuse_twins(reading, uses)
    return Layout(uses, unknown, unused, notes)


def _score(reading: Reading, feed: Feed) -> int:
    """Columns this feed knows, twice for the page's own name; 0 when it could not be read as this feed at all."""
    fields = set()
    count = 0
    for header in reading.columns:
        mapped = reading.choice.mapping.get(header)
        column = feed.column_of(header)
        if mapped or column:
            fields.add(mapped or (column.field if column else ""))
            count += 1 if mapped or column is None or plain_header(header) != plain_header(column.name) else 2
    return count if "born" in fields and fields & set(_WHO) else 0


def _is_named(reading: Reading, feed: Feed) -> bool:
    return any(plain_header(word) in plain_header(hint) for hint in reading.hints for word in feed.known_as)


def _warn_of_name(reading: Reading, named: Feed, taken: Feed) -> None:
    what = f"文件名或标题说是{named.name}，列名却是{taken.name}，按列名收"
    reading.problems.append(Problem(reading.filename, 0, "", "", what, "请核对是否送错了文件", WARN))


def _refuse_forbidden(reading: Reading, feeds: list[Feed]) -> None:
    """Refuses the file when a column is forbidden, unless the page of every feed it may be names it."""
    problems = []
    for header in reading.columns:
        if all(feed.ignores(header) for feed in feeds):
            continue
        for ban in feeds[0].bans if feeds else ():
            word = ban.word_in(header)
            if word:
                what = f"是不许收的列（含“{word}”）。{ban.rule}"
                remedy = "请删去这一列后重新导出；收到的这一份不留存"
                problems.append(Problem(reading.filename, reading.header_row, header, "", what, remedy, REFUSE))
                break
    if problems:
        raise Refusal(problems)


def _refuse_bad_mapping(reading: Reading) -> None:
    for header, target in reading.choice.mapping.items():
        if header not in reading.columns:
            raise refuse(reading.filename, f"指定的列「{header}」不在文件里", f"有：{'、'.join(reading.columns)}")
        if target and target not in FIELDS:
            raise refuse(reading.filename, f"没有标准字段「{target}」", f"可用：{'、'.join(FIELDS)}", column=header)


def _as_column(target: str, feed: Feed) -> Column:
    """How a column a person mapped is read: as the feed's own first column of that field."""
    own = next((column for column in feed.columns if column.field == target), None)
    return own or Column(FIELDS[target][0], target, FIELDS[target][1][0], frozenset(), None, None, {})


def _refuse_twins(reading: Reading, uses: list[Use]) -> None:
    """Two columns of one name cannot be told apart by a program."""
    mapped = reading.choice.mapping
    for use in uses:
        twins = [
            header for header in reading.columns
            if (found := _REPEATED.fullmatch(header)) and plain_header(found[1]) == plain_header(use.header)
        ]  # fmt: skip
        if twins and not {use.header, *twins} <= mapped.keys():
            options = [Option("mapping", header, header) for header in (use.header, *twins)]
            remedy = "请逐列指定是什么（不用的指定为空），或改好列名再送"
            raise refuse(reading.filename, f"有 {len(twins) + 1} 列都叫「{use.header}」", remedy, options=options)
