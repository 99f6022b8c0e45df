"""昨天以来 — what came is told as it now stands."""

from datetime import timedelta

import pytest
from django.utils import timezone

from cast import make_batch, make_places, system
from renjia.records.intake.models import BatchState
from renjia.work.births.worklists import since

pytestmark = pytest.mark.django_db


@pytest.mark.parametrize(
    ("state", "said"),
    [(BatchState.ACCEPTED, "退回 0 行"), (BatchState.REFUSED, "整件退回"), (BatchState.WITHDRAWN, "已撤回")],
)
def test_a_batch_is_told_as_it_now_stands(db, state: str, said: str) -> None:
    with system():
        make_places()
        batch = make_batch()
        type(batch).objects.filter(pk=batch.pk).update(state=state)
        (told,) = since(timezone.now() - timedelta(days=1))
    assert told["text"].endswith(said)
