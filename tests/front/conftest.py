"""前台的测试 — a stage for each module, made once."""

from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest


@pytest.fixture(scope="module")
def stage(django_db_setup: None, django_db_blocker, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Any]:
    """A stage shared by a module: what a test changes it undoes (`stage.try_`, or the `undone` fixture)."""
    from stage import lit_stage  # noqa: PLC0415 — models can be imported only after Django is set up

    with django_db_blocker.unblock(), lit_stage(_folder(tmp_path_factory)) as lit:
        yield lit


@pytest.fixture
def undone(stage: Any) -> Iterator[None]:
    """Whatever the test does to the shared stage is undone after it."""
    with stage.aside():
        yield


def _folder(factory: pytest.TempPathFactory) -> Path:
    return factory.mktemp("home")
