"""谁能进哪一页 — the one way a view says which roles it serves; others get the same 404 as a missing page."""

from collections.abc import Callable
from functools import wraps
from typing import Any

from django.contrib.auth.decorators import login_required
from django.http import Http404, HttpRequest, HttpResponse

from renjia.records.store.scope import Scope

View = Callable[..., HttpResponse]


class ScopedRequest(HttpRequest):
    """带范围的请求 — any request, once the middleware has found out who asks."""

    scope: Scope


def for_roles(*roles: str) -> Callable[[View], View]:
    """仅限角色 — everyone else gets 404, as if the page were not there."""

    def wrap(view: View) -> View:
        @wraps(view)
        def guarded(request: ScopedRequest, *args: Any, **kwargs: Any) -> HttpResponse:
            if request.scope.role not in roles:
                raise Http404
            return view(request, *args, **kwargs)

        return login_required(guarded)

    return wrap
