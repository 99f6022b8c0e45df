"""谁能进哪一页 — the one way a view says which roles it serves; others get the same 404 as a missing page."""

from collections.abc import Callable
from functools import wraps
from typing import Any

from django.contrib.auth.decorators import login_required
from django.http import Http404, HttpRequest, HttpResponse

View = Callable[..., HttpResponse]


def for_roles(*roles: str) -> Callable[[View], View]:
    """仅限角色 — everyone else gets 404, as if the page were not there."""

    def wrap(view: View) -> View:
        @wraps(view)
        def guarded(request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponse:
            if request.scope.role not in roles:  # type: ignore[attr-defined]
                raise Http404
            return view(request, *args, **kwargs)

        page = login_required(guarded)
        page.roles = roles  # type: ignore[attr-defined]
        return page

    return wrap
