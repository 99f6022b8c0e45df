"""登录、第二因素、我的账号、换用授权、账号清单。"""

from django.contrib.auth import login, logout
from django.contrib.auth.decorators import login_required
from django.contrib.auth.forms import AuthenticationForm
from django.contrib.auth.views import LoginView
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_POST
from django_otp import devices_for_user
from django_otp import login as otp_login

from renjia.records.accounts.actions import revoke_grant
from renjia.records.accounts.middleware import GRANT_KEY
from renjia.records.accounts.models import Account, Grant, Role
from renjia.records.audit.actions import record_event
from renjia.records.audit.models import Access, Action
from renjia.records.store.doors import for_roles
from renjia.records.store.scope import Scope, scope


class SignedInRequest(HttpRequest):
    user: Account


class SignInForm(AuthenticationForm):
    error_messages = {
        "invalid_login": "登录名或密码不对。连续输错 5 次，账号锁定 30 分钟。",
        "inactive": "这个账号已停用，请联系安全管理员。",
    }


def _noted(request: HttpRequest, action: Action, who: Account | None, name: str = "") -> None:
    with scope(Scope(account=str(who.pk) if who else "", name=who.name if who else name)):
        record_event(action=action)


class SignIn(LoginView):
    template_name = "sign_in.html"
    authentication_form = SignInForm
    redirect_authenticated_user = True

    def form_valid(self, form: AuthenticationForm) -> HttpResponse:
        account = form.get_user()
        login(self.request, account)
        _noted(self.request, Action.SIGN_IN, account)
        return redirect(self.get_success_url())

    def form_invalid(self, form: AuthenticationForm) -> HttpResponse:
        # What was typed may be a password in the wrong box: only the fact is kept.
        _noted(self.request, Action.REFUSED, None, "未登录")
        return super().form_invalid(form)


@require_POST
def sign_out(request: HttpRequest) -> HttpResponse:
    if request.user.is_authenticated:
        record_event(action=Action.SIGN_OUT)
    logout(request)
    return redirect("sign_in")


@login_required
@never_cache
def second_factor(request: HttpRequest) -> HttpResponse:
    error = ""
    if request.method == "POST":
        code = request.POST.get("code", "").strip().replace(" ", "")
        for device in devices_for_user(request.user, confirmed=True, for_verify=True):
            if device.verify_token(code):
                otp_login(request, device)
                return redirect("home")
        error = "动态码不对或已用过。请看验证器上新的一组六位数字再试；连续输错会逐步延长等待。"
    return render(request, "second_factor.html", {"error": error})


@login_required
def me(request: HttpRequest) -> HttpResponse:
    grants = Grant.objects.in_force().filter(account=request.user.pk).select_related("account", "place", "institution")
    return render(
        request,
        "me.html",
        {
            "grants": grants,
            "looks": Access.objects.filter(account=str(request.user.pk)).latest_first()[:20],
        },
    )


@require_POST
@login_required
def use_grant(request: HttpRequest) -> HttpResponse:
    mine = Grant.objects.in_force().filter(account=request.user.pk)
    grant = next((g for g in mine if str(g.pk) == request.POST.get("grant")), None)
    if grant is None:
        raise Http404
    request.session[GRANT_KEY] = str(grant.pk)
    return redirect("home")


@for_roles(Role.SECURITY_ADMIN)
def account_list(request: HttpRequest) -> HttpResponse:
    accounts = Account.objects.prefetch_related("grants__place", "grants__institution").order_by("username")
    return render(request, "accounts/list.html", {"accounts": accounts})


@require_POST
@for_roles(Role.SECURITY_ADMIN)
def revoke(request: SignedInRequest, pk: str) -> HttpResponse:
    grant = get_object_or_404(Grant.objects.in_force(), pk=pk)
    if grant.account_id != request.user.pk:
        revoke_grant(grant=grant, by=request.user)
    return redirect("accounts:list")
