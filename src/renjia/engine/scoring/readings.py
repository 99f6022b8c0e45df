"""解读 — where a sentence can be read in more than one way: the ways, the chosen one, and what it changes on a page."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass

from renjia.engine.pages import Page, Plain
from renjia.engine.scoring.errors import ScoringError

NONE = "none"


@dataclass(frozen=True, slots=True)
class Reading:
    """一处解读 — key `Q1`, slug `Q1_steps` (as pages write it), the text in doubt, why the first was chosen.

    values: value → what it means, the first being the default; chosen: the value in force.
    """

    key: str
    slug: str
    name: str
    why: str
    values: Mapping[str, str]
    chosen: str

    @property
    def default(self) -> str:
        """首选 — the first value."""
        return next(iter(self.values))


def read_readings(cover: Page) -> dict[str, Reading]:
    """页上的解读 — by short key, in the page's order, each at its default; PageError for two of one short key."""
    found: dict[str, Reading] = {}
    written = cover.body.get("readings", {})
    assert isinstance(written, dict)
    for slug, one in written.items():
        assert isinstance(one, dict)
        key = slug.split("_")[0]
        if key in found:
            raise cover.error(("readings", slug), f"解读「{key}」有两处", "编号（第一个 _ 之前）不能重复")
        values = one["values"]
        assert isinstance(values, dict)
        meanings = {value: str(meaning) for value, meaning in values.items()}
        if not meanings:
            raise cover.error(("readings", slug, "values"), "没有可选的值", "写上各种读法，第一个是首选")
        found[key] = Reading(key, slug, str(one["name"]), str(one["why"]), meanings, next(iter(meanings)))
    return found


def choose(readings: Mapping[str, Reading], wanted: Mapping[str, str]) -> dict[str, Reading]:
    """选定 — the readings with other values chosen; ScoringError naming what exists for an unknown key or value."""
    found = dict(readings)
    by_slug = {one.slug: one.key for one in readings.values()}
    for name, value in wanted.items():
        key = by_slug.get(name, name)
        if key not in found:
            known = "、".join(one.slug for one in found.values()) or "（无）"
            raise ScoringError(name, value, "没有这处解读", f"已有：{known}")
        one = found[key]
        if value not in one.values:
            raise ScoringError(name, value, "这处解读没有这种读法", f"「{one.name}」可选：{'、'.join(one.values)}")
        found[key] = Reading(one.key, one.slug, one.name, one.why, one.values, value)
    return found


def resolve(node: Plain, chosen: Mapping[str, str]) -> Plain:
    """按解读取定 — the node without `readings`, overrides of the chosen values merged in, names of readings replaced.

    chosen: slug → value. In an override `none` takes a key away; `when` and `or` merge key by key, the rest is replaced.
    """
    if isinstance(node, str):
        return chosen.get(node, node)
    if isinstance(node, list):
        return [resolve(one, chosen) for one in node]
    found = {key: resolve(value, chosen) for key, value in node.items() if key != "readings"}
    overrides = node.get("readings")
    if isinstance(overrides, dict) and "name" not in overrides:
        for slug, by_value in overrides.items():
            override = by_value.get(chosen.get(slug, "")) if isinstance(by_value, dict) else None
            if override is not None:
                resolved = resolve(override, chosen)
                assert isinstance(resolved, dict)
                found = _merged(found, resolved)
    return found


def _merged(base: dict[str, Plain], override: dict[str, Plain]) -> dict[str, Plain]:
    found = dict(base)
    for key, value in override.items():
        old = found.get(key)
        if key in ("when", "or") and isinstance(value, dict) and isinstance(old, dict):
            found[key] = {**old, **value}
        else:
            found[key] = value
    return found


def mentions(
    node: Plain, slugs: frozenset[str], path: tuple[str | int, ...] = ()
) -> Iterator[tuple[str, str, tuple[str | int, ...]]]:
    """用到解读之处 — (slug, value or "", key path) for every override and every name of a reading under the node."""
    if isinstance(node, str):
        if node in slugs:
            yield node, "", path
    elif isinstance(node, list):
        for index, one in enumerate(node):
            yield from mentions(one, slugs, (*path, index))
    else:
        for key, value in node.items():
            if key == "readings" and isinstance(value, dict):
                for slug, by_value in value.items():
                    if not isinstance(by_value, dict):
                        yield slug, "", (*path, key, slug)
                        continue
                    for name, override in by_value.items():
                        yield slug, name, (*path, key, slug, name)
                        yield from mentions(override, slugs, (*path, key, slug, name))
            else:
                yield from mentions(value, slugs, (*path, key))
