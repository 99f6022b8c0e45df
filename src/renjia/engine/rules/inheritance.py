"""承继 — parameters of a scheme gathered from its page, the pages it uses and every locality."""

from collections.abc import Mapping, Sequence

from renjia.engine.pages import Page, PageError, Plain, Standard
from renjia.engine.rules.standards import NATION, Parameter, parameter
from renjia.engine.rules.words import Keys, nearest

_Found = dict[str, tuple[Page, Keys, Standard]]


def parameters_of(page: Page, localities: Sequence[Page], shared: Mapping[str, Page]) -> dict[str, Parameter]:
    """各参数 — by id; PageError for a locality that sets what no page declares, or a value of another type."""
    found: dict[str, _Found] = {}
    owner: dict[str, str] = {}
    for at, one in enumerate(_list(page, "uses")):
        if one not in shared:
            raise page.error(("uses", at), f"没有共用标准页「{one}」{nearest(one, shared)}", "写 standards 里的编号")
        _declare(found, owner, shared[one], one)
    _declare(found, owner, page, page.id)
    for locality in localities:
        _override(found, owner, page, locality)
    wants, choices = _dict(page, "wants"), _dict(page, "choices")
    for key, named in (("wants", wants), ("choices", choices)):
        for word in named:
            if word not in found:
                raise page.error((key, word), f"没有标准「{word}」{nearest(word, found)}", "写 standards 里的编号")
    return {
        name: parameter(name, pages, _strings(choices.get(name, [])), str(wants.get(name, "")))
        for name, pages in found.items()
    }


def _declare(found: dict[str, _Found], owner: dict[str, str], page: Page, id: str) -> None:
    for name, standard in page.standards.items():
        if name in found:
            raise PageError(page.path, page.line_of("standards", name), f"标准「{name}」与共用标准页重名", "换一个名字")
        found[name] = {NATION: (page, ("standards", name), standard)}
        owner[name] = id


def _override(found: dict[str, _Found], owner: dict[str, str], page: Page, locality: Page) -> None:
    named = _dict(locality, "schemes")
    for id in dict.fromkeys((*owner.values(), page.id)):
        ours = named.get(id, {})
        assert isinstance(ours, dict)
        for name, value in ours.items():
            keys: Keys = ("schemes", id, name)
            known = [one for one, whose in owner.items() if whose == id]
            if name not in known:
                what = f"「{id}」没有标准「{name}」{nearest(name, known)}"
                raise locality.error(keys, what, f"可写：{'、'.join(known) or '（没有）'}；地方只能改标准，不能改规则")
            standard = locality.standard(keys, value)
            if not standard.source:
                raise locality.error(
                    keys, f"标准「{name}」没有写 source（依据）", "写上文件名和文号，没有就写缺哪份文件"
                )
            found[name][locality.id] = (locality, keys, standard)


def _list(page: Page, key: str) -> list[str]:
    value = page.body.get(key, [])
    assert isinstance(value, list)
    return [str(one) for one in value]


def _dict(page: Page, key: str) -> dict[str, Plain]:
    value = page.body.get(key, {})
    assert isinstance(value, dict)
    return value


def _strings(value: Plain) -> list[str]:
    assert isinstance(value, list)
    return [str(one) for one in value]
