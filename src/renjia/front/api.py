"""接口 — what a department's system may do: send a file, ask what became of it. OpenAPI at /api/openapi.json."""

from typing import Annotated, Any
from uuid import UUID

from django.http import HttpRequest
from django.urls import path
from ninja import File, NinjaAPI, Query, Schema, Status
from ninja.errors import HttpError
from ninja.files import UploadedFile
from ninja.security import HttpBearer

from renjia.engine.units import Month
from renjia.records.accounts.actions import grant_of_api_key
from renjia.records.accounts.models import Grant
from renjia.records.intake import Choice, load_feeds
from renjia.records.intake.actions import NotReceived, receive_file
from renjia.records.intake.models import Batch, Via
from renjia.records.intake.views import SENDERS
from renjia.records.store.scope import scope

LARGEST = 64 * 2**20


class KeyedRequest(HttpRequest):
    """带接口密钥的请求 — the grant its key stands for."""

    auth: Grant


class Key(HttpBearer):
    def authenticate(self, request: HttpRequest, token: str) -> Any:
        grant = grant_of_api_key(secret=token)
        return grant if grant is not None and grant.role in SENDERS else None


api = NinjaAPI(title="人家 接口", version="1", auth=Key(), docs_url=None, urls_namespace="api")


class BatchAnswer(Schema):
    """批次 — 收件结果。"""

    batch: UUID
    feed: str
    month: str
    state: str
    rows: int
    accepted: int
    returned: int
    repeated: int
    reason: str
    problems: int


def _answer(batch: Batch) -> BatchAnswer:
    return BatchAnswer(
        batch=batch.pk, feed=batch.feed, month=batch.month, state=batch.state, rows=batch.rows, accepted=batch.accepted,
        returned=batch.returned, repeated=batch.repeated, reason=batch.reason, problems=batch.problems.count(),
    )  # fmt: skip


@api.post("/batches", response={200: BatchAnswer, 422: BatchAnswer}, summary="送一个文件")
def send(
    request: KeyedRequest,
    file: Annotated[UploadedFile, File(description="来源文件，xlsx 或 csv")],
    month: Annotated[str, Query(description="月份，写成 2025-03", pattern=r"^\d{4}-(0[1-9]|1[0-2])$")],
    feed: Annotated[str | None, Query(description="来源；不写就按列名认")] = None,
) -> Any:
    grant = request.auth
    if file.size and file.size > LARGEST:
        raise HttpError(413, "文件超过 64 MB，请分开送")
    if feed is not None and feed not in load_feeds():
        raise HttpError(422, f"没有来源 {feed}；可用：{'、'.join(load_feeds())}")
    with scope(grant.as_scope()):
        try:
            batch = receive_file(
                data=file.read(), filename=file.name or "未命名", month=Month.parse(month), via=Via.API,
                place=grant.place.code, choice=Choice(feed=feed) if feed else None,
            )  # fmt: skip
        except NotReceived as refused:
            raise HttpError(409, str(refused)) from refused
        return Status(422 if batch.state == "refused" else 200, _answer(batch))


@api.get("/batches/{batch_id}", response=BatchAnswer, summary="问一个批次")
def ask(request: KeyedRequest, batch_id: UUID) -> Any:
    with scope(request.auth.as_scope()):
        batch = Batch.objects.filter(pk=batch_id).first()
        if batch is None:
            raise HttpError(404, "没有这个批次")
        return _answer(batch)


urlpatterns = [path("", api.urls)]
