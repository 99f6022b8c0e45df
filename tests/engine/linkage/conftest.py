import pytest

from families import Book


@pytest.fixture
def book() -> Book:
    return Book()
