"""定义页 — the one loader for every kind of definition page (`style.md` §2.5)."""

from renjia.engine.pages.errors import PageError
from renjia.engine.pages.folders import load_folder
from renjia.engine.pages.grammar import Anything, Fields, Grammar, Many, Named, Shape, Words, register
from renjia.engine.pages.kinds import FEED, INDICATOR, REFUSAL, STANDARD, SURVIVORSHIP
from renjia.engine.pages.markdown import markdown_table
from renjia.engine.pages.nodes import Plain
from renjia.engine.pages.page import ALWAYS, Page, Standard
from renjia.engine.pages.shelf import DEFINITIONS, load_pages, page, pages_on

__all__ = [
    "ALWAYS", "DEFINITIONS", "FEED", "INDICATOR", "REFUSAL", "STANDARD", "SURVIVORSHIP", "Anything", "Fields",
    "Grammar", "Many", "Named", "Page", "PageError", "Plain", "Shape", "Standard", "Words",
    "load_folder", "load_pages", "markdown_table", "page", "pages_on", "register",
]  # fmt: skip
