"""函数总表 — the printed page is the one the functions give, and every public function says what the house asks."""

import ast
import inspect
import re
from pathlib import Path

import pytest

from renjia.engine import demography
from renjia.engine.demography.catalogue import functions_page

ROOM = Path(demography.__file__).parent
PAGE = Path(__file__).parents[3] / "docs" / "demography" / "functions.md"
NAMES = sorted(demography.__all__)


def test_the_page_is_fresh() -> None:
    assert PAGE.read_text(encoding="utf-8") == functions_page(), "函数变了，请运行 renjia docs"


def test_every_public_name_is_there_and_on_the_page() -> None:
    page = PAGE.read_text(encoding="utf-8")
    for name in NAMES:
        thing = getattr(demography, name)
        if inspect.isfunction(thing) or inspect.isclass(thing):
            assert f"| `{name}` |" in page
    with pytest.raises(AttributeError):
        _ = demography.no_such_measure


@pytest.mark.parametrize("name", NAMES)
def test_the_first_line_is_chinese_then_english(name: str) -> None:
    thing = getattr(demography, name)
    if not (inspect.isfunction(thing) or inspect.isclass(thing)):
        return
    first = (inspect.getdoc(thing) or "").split("\n")[0]
    assert re.search(r"[\u4e00-\u9fff].* ?— .*[A-Za-z]", first), f"{name}: {first}"


def test_the_shared_names_are_public() -> None:
    """The functions of shared_worked_examples.json, with its argument names."""
    for name, arguments in {
        "life_table_given_ax": ["deaths", "pop", "ax", "age"],
        "un_age_sex_accuracy": ["males", "females", "age"],
        "whipple": ["pop", "age", "age_min", "age_max", "digits"],
        "index_of_dissimilarity": ["pop1", "pop2"],
        "beers_ordinary_johnson": ["pop", "age"],
    }.items():
        assert list(inspect.signature(getattr(demography, name)).parameters)[: len(arguments)] == arguments


def test_a_rate_does_not_load_the_compiler_or_the_charts() -> None:
    """The shop window itself imports nothing heavy; each name stands in one module of this room."""
    tree = ast.parse((ROOM / "__init__.py").read_text(encoding="utf-8"))
    imported = {a.name for n in ast.walk(tree) if isinstance(n, ast.Import) for a in n.names}
    assert imported <= {"ast"}
    stub = ast.parse((ROOM / "__init__.pyi").read_text(encoding="utf-8"))
    named = [a for n in stub.body if isinstance(n, ast.ImportFrom) for a in n.names]
    assert len({a.name for a in named}) == len(named)
    assert all(a.asname == a.name for a in named)
