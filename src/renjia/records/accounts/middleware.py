"""范围中间件 — every signed-in request runs in one transaction in which the database knows who asks."""

from collections.abc import Callable

from django.conf import settings
from django.core.exceptions import BadRequest
from django.db import DataError, transaction
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.urls import reverse
from django_otp.middleware import is_verified

from renjia.records.accounts.models import SECOND_FACTOR, Grant
from renjia.records.audit.actions import record_event
from renjia.records.audit.models import Action
from renjia.records.store.doors import ScopedRequest
from renjia.records.store.scope import Scope, scope

GRANT_KEY = "grant"


def grant_in_use(request: HttpRequest) -> Grant | None:
    """在用的授权 — the one chosen this session, if it is still in force; else the account's first."""
    grants = list(
        Grant.objects.in_force()
        .filter(account=request.user.pk)
        .select_related("account", "place", "institution")
        .order_by("since", "id")
    )
    chosen = request.session.get(GRANT_KEY)
    return next((g for g in grants if str(g.pk) == chosen), grants[0] if grants else None)


class GrantedRequest(ScopedRequest):
    """带授权的请求 — which of the asker's grants is in use."""

    grant: Grant | None


class ScopeMiddleware:
    """打开范围 — anonymous requests run without one and see no record; nothing but static files is kept by a browser."""

    def __init__(self, get_response: Callable[[GrantedRequest], HttpResponse]) -> None:
        self.get_response = get_response

    def __call__(self, request: GrantedRequest) -> HttpResponse:
        if request.path_info.startswith(settings.STATIC_URL):
            return self.get_response(request)
        response = self._answered(request)
        response.headers.setdefault("Cache-Control", "no-store")
        return response

    def _answered(self, request: GrantedRequest) -> HttpResponse:
        request.grant, request.scope = None, Scope()
        if request.path_info == reverse("health") or not request.user.is_authenticated:
            return self.get_response(request)
        grant = grant_in_use(request)
        if grant is not None and grant.role in SECOND_FACTOR and not is_verified(request.user):
            if request.path_info not in (reverse("second_factor"), reverse("sign_out")):
                return redirect("second_factor")
        values = grant.as_scope() if grant else Scope(account=str(request.user.pk), name=str(request.user))
        request.grant, request.scope = grant, values
        with scope(values):
            response = self.get_response(request)
            if response.status_code == 404 and request.resolver_match is not None:
                # Out of reach or not there: the asker cannot tell, the auditor can count.
                record_event(action=Action.REFUSED, fields=request.resolver_match.view_name)
            if response.status_code == 400 or response.status_code >= 500:
                transaction.set_rollback(True)
        return response

    def process_exception(self, request: HttpRequest, exception: Exception) -> None:
        """What the database cannot take as a value (a NUL, a number too long) is the asker's mistake, not a failure."""
        if isinstance(exception, DataError):
            raise BadRequest from exception
