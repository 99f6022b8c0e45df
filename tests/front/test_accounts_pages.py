"""登录、锁定、退出、第二因素、收回授权 — what keeps a stranger out and lets the right person in."""

import re
import time
from datetime import timedelta

import pytest
from django.conf import settings
from django.test import Client
from django.urls import reverse
from django_otp.oath import TOTP
from django_otp.plugins.otp_totp.models import TOTPDevice

from cast import DISTRICT, PASSWORD, World, make_world, system
from renjia.records.accounts.actions import grant_role, issue_second_factor, revoke_grant
from renjia.records.accounts.models import Account, Grant, Role
from renjia.records.audit.models import Access, Action
from renjia.records.store.scope import Scope, scope

pytestmark = pytest.mark.django_db
AUDITOR = Scope(role="auditor", purpose="audit")


@pytest.fixture
def world() -> World:
    with system():
        return make_world()


def sign_in(client: Client, account: Account, password: str = PASSWORD, **more: str):
    return client.post(reverse("sign_in"), {"username": account.username, "password": password} | more)


def actions_of(account: Account | None) -> list[str]:
    with scope(AUDITOR):
        rows = Access.objects.filter(account=str(account.pk) if account else "").order_by("at")
        return list(rows.values_list("action", flat=True))


def code_of(device: TOTPDevice, steps: int = 0) -> str:
    made = TOTP(device.bin_key, device.step, device.t0, device.digits, device.drift)
    made.time = time.time() + steps * device.step
    return f"{made.token():06d}"


def test_the_right_password_leads_to_the_desk_and_is_noted(client: Client, world: World) -> None:
    account = world.accounts["钱芳"]
    response = sign_in(client, account)
    assert (response.status_code, response.headers["Location"]) == (302, reverse("home"))
    assert "潍坊新村街道" in client.get(reverse("home")).content.decode()
    assert actions_of(account) == [Action.SIGN_IN]


def test_after_signing_in_one_lands_where_one_was_going_but_never_elsewhere(client: Client, world: World) -> None:
    there = reverse("births:cases")
    assert sign_in(client, world.accounts["钱芳"], next=there).headers["Location"] == there
    other = Client()
    assert sign_in(other, world.accounts["钱芳"], next="https://example.org/").headers["Location"] == reverse("home")


def test_a_wrong_password_says_so_and_keeps_nothing_of_what_was_typed(client: Client, world: World) -> None:
    response = sign_in(client, world.accounts["钱芳"], "我的真密码写错框")
    page = response.content.decode()
    assert response.status_code == 200
    assert "登录名或密码不对" in page and "连续输错 5 次" in page
    assert "我的真密码" not in page
    assert actions_of(None) == [Action.REFUSED]
    with scope(AUDITOR):
        assert not [
            a for a in Access.objects.all() if "真密码" in a.sealed_text() or world.accounts["钱芳"].username in a.who
        ]


def test_an_unknown_name_is_answered_as_a_wrong_password(client: Client, world: World) -> None:
    known = sign_in(client, world.accounts["钱芳"], "错").content.decode().replace(world.accounts["钱芳"].username, "X")
    unknown = Client().post(reverse("sign_in"), {"username": "nobody", "password": "错"}).content.decode()
    token = re.compile(r'"[A-Za-z0-9]{64}"')
    assert token.sub("", known) == token.sub("", unknown.replace("nobody", "X"))


def test_five_wrong_passwords_lock_the_account_and_say_so(client: Client, world: World) -> None:
    account = world.accounts["钱芳"]
    answers = [sign_in(client, account, "错") for _ in range(settings.AXES_FAILURE_LIMIT)]
    assert [a.status_code for a in answers] == [200, 200, 200, 200, 429]
    assert "账号暂时锁定" in answers[-1].content.decode() and "30 分钟" in answers[-1].content.decode()
    right = sign_in(Client(), account)
    assert right.status_code == 429 and "账号暂时锁定" in right.content.decode()
    assert sign_in(Client(), world.accounts["王强"]).status_code == 302, "别人不受牵连"


def test_a_right_password_in_between_starts_the_count_anew(client: Client, world: World) -> None:
    for _ in range(2):
        for _ in range(settings.AXES_FAILURE_LIMIT - 1):
            assert sign_in(Client(), world.accounts["钱芳"], "错").status_code == 200
        assert sign_in(Client(), world.accounts["钱芳"]).status_code == 302


def test_signing_in_takes_a_new_session_key(client: Client, world: World) -> None:
    client.get(reverse("sign_in"))
    planted = client.session
    planted["planted"] = "1"
    planted.save()
    client.cookies[settings.SESSION_COOKIE_NAME] = planted.session_key
    sign_in(client, world.accounts["钱芳"])
    assert client.cookies[settings.SESSION_COOKIE_NAME].value != planted.session_key
    stolen = Client()
    stolen.cookies[settings.SESSION_COOKIE_NAME] = planted.session_key
    assert stolen.get(reverse("home")).status_code == 302


def test_the_cookies_cannot_be_read_by_scripts(client: Client, world: World) -> None:
    sign_in(client, world.accounts["钱芳"])
    cookie = client.cookies[settings.SESSION_COOKIE_NAME]
    assert cookie["httponly"] and cookie["samesite"] == "Lax" and not cookie["expires"], "关掉浏览器就退出"


POSTS = [
    ("sign_in", ()), ("sign_out", ()), ("second_factor", ()), ("use_grant", ()), ("run_month", ()), ("intake:upload", ()),
    ("births:verification", ("0" * 32,)), ("births:review", ("0" * 32,)), ("births:reveal", ("2503-00001",)),
    ("intake:accept", ("0" * 32,)), ("reports:close", ("2025-03",)), ("accounts:revoke", ("0" * 32,)),
]  # fmt: skip


@pytest.mark.parametrize(("name", "args"), POSTS, ids=[n for n, _ in POSTS])
def test_a_post_without_the_pages_token_does_nothing(world: World, name: str, args: tuple[str, ...]) -> None:
    client = Client(enforce_csrf_checks=True)
    client.force_login(world.accounts["赵敏"], settings.AUTHENTICATION_BACKENDS[-1])
    args = tuple(f"{a[:8]}-{a[8:12]}-{a[12:16]}-{a[16:20]}-{a[20:]}" if len(a) == 32 else a for a in args)
    response = client.post(reverse(name, args=args), {"username": "u0", "password": PASSWORD})
    assert response.status_code == 403
    assert "凭据已经过期" in response.content.decode()
    assert client.get(reverse("home")).status_code == 200, "仍在登录"


def test_with_the_pages_token_a_form_goes_through(world: World) -> None:
    client = Client(enforce_csrf_checks=True)
    page = client.get(reverse("sign_in")).content.decode()
    token = re.search(r'name="csrfmiddlewaretoken" value="([^"]+)"', page)
    assert token and sign_in(client, world.accounts["钱芳"], csrfmiddlewaretoken=token[1]).status_code == 302


def test_signing_out_ends_the_session_on_the_server(client: Client, world: World) -> None:
    sign_in(client, world.accounts["钱芳"])
    kept = client.cookies[settings.SESSION_COOKIE_NAME].value
    assert client.get(reverse("sign_out")).status_code == 405, "一个链接不能让人退出"
    assert client.post(reverse("sign_out")).status_code == 302
    client.cookies[settings.SESSION_COOKIE_NAME] = kept
    assert client.get(reverse("births:cases")).headers["Location"].startswith(reverse("sign_in"))
    assert actions_of(world.accounts["钱芳"]) == [Action.SIGN_IN, Action.SIGN_OUT]


def test_a_grant_taken_back_denies_the_very_next_request(client: Client, world: World) -> None:
    sign_in(client, world.accounts["钱芳"])
    assert client.get(reverse("births:cases")).status_code == 200
    with system():
        revoke_grant(grant=world.grants["钱芳"], by=world.accounts["周平"])
    assert client.get(reverse("births:cases")).status_code == 404
    assert "还没有在期的授权" in client.get(reverse("home")).content.decode()


def test_a_suspended_account_is_out_at_once_and_cannot_come_back(client: Client, world: World) -> None:
    account = world.accounts["钱芳"]
    sign_in(client, account)
    Account.objects.filter(pk=account.pk).update(is_active=False)
    assert client.get(reverse("home")).status_code == 302
    assert sign_in(Client(), account).status_code == 200


def test_a_changed_password_ends_other_sessions(client: Client, world: World) -> None:
    account = world.accounts["钱芳"]
    sign_in(client, account)
    account.set_password("另一句够长的口令-7")
    account.save()
    assert client.get(reverse("home")).status_code == 302


@pytest.mark.parametrize("who", ["李静", "周平"])
def test_the_second_factor_opens_once_with_each_code(client: Client, world: World, who: str) -> None:
    device = issue_second_factor(account=world.accounts[who])
    sign_in(client, world.accounts[who])
    step, home = reverse("second_factor"), reverse("home")
    assert client.get(home).headers["Location"] == step
    assert "动态码不对" in client.post(step, {"code": "12345"}).content.decode()
    TOTPDevice.objects.update(throttling_failure_count=0, throttling_failure_timestamp=None)
    code = code_of(device)
    assert client.post(step, {"code": f"{code[:3]} {code[3:]}"}).headers["Location"] == home
    assert client.get(home).status_code == 200
    again = Client()
    sign_in(again, world.accounts[who])
    refused = again.post(step, {"code": code})
    assert refused.status_code == 200 and "已用过" in refused.content.decode()
    assert again.get(home).headers["Location"] == step


def test_guessing_codes_is_slowed_down(client: Client, world: World) -> None:
    device = issue_second_factor(account=world.accounts["李静"])
    sign_in(client, world.accounts["李静"])
    for _ in range(3):
        client.post(reverse("second_factor"), {"code": "000000"})
    refused = client.post(reverse("second_factor"), {"code": code_of(device)})
    assert refused.status_code == 200, "刚猜错过几次，对的码也要等"
    assert client.get(reverse("home")).headers["Location"] == reverse("second_factor")


def test_anothers_code_does_not_open(client: Client, world: World) -> None:
    issue_second_factor(account=world.accounts["李静"])
    others = issue_second_factor(account=world.accounts["周平"])
    sign_in(client, world.accounts["李静"])
    client.post(reverse("second_factor"), {"code": code_of(others)})
    assert client.get(reverse("home")).status_code == 302


def test_no_device_no_entry(client: Client, world: World) -> None:
    sign_in(client, world.accounts["李静"])
    assert client.post(reverse("second_factor"), {"code": "000000"}).status_code == 200
    assert client.get(reverse("audit:list")).headers["Location"] == reverse("second_factor")


@pytest.fixture
def two_hats(world: World) -> Account:
    """赵敏 audits as well: the other grant is chosen on her page."""
    with system():
        grant_role(account=world.accounts["赵敏"], role=Role.AUDITOR, place=world.places[DISTRICT], by=None)
    world.grants["赵敏"].since -= timedelta(days=1)  # the earlier grant is the one in use
    world.grants["赵敏"].until -= timedelta(days=1)
    world.grants["赵敏"].save()
    return world.accounts["赵敏"]


def test_changing_to_a_grant_that_wants_a_second_factor_asks_for_it(client: Client, two_hats: Account) -> None:
    sign_in(client, two_hats)
    audits = Grant.objects.get(account=two_hats, role=Role.AUDITOR)
    assert client.get(reverse("audit:list")).status_code == 404
    assert client.post(reverse("use_grant"), {"grant": str(audits.pk)}).status_code == 302
    assert client.get(reverse("audit:list")).headers["Location"] == reverse("second_factor")


@pytest.mark.parametrize("given", ["", "不是编号", "other", "00000000-0000-0000-0000-000000000000"])
def test_only_an_own_grant_can_be_used(client: Client, world: World, given: str) -> None:
    sign_in(client, world.accounts["王强"])
    grant = str(world.grants["赵敏"].pk) if given == "other" else given
    assert client.post(reverse("use_grant"), {"grant": grant}).status_code == 404
    assert client.get(reverse("births:cases")).status_code == 404


def test_the_security_admin_takes_back_anothers_grant_and_never_the_own(client: Client, world: World) -> None:
    device = issue_second_factor(account=world.accounts["周平"])
    sign_in(client, world.accounts["周平"])
    client.post(reverse("second_factor"), {"code": code_of(device)})
    for who in ("周平", "钱芳"):
        client.post(reverse("accounts:revoke", args=[world.grants[who].pk]))
    taken = set(Grant.objects.filter(revoked__isnull=False).values_list("account__name", flat=True))
    assert taken == {"钱芳"}
    assert Action.CHANGE in actions_of(world.accounts["周平"])
    assert client.post(reverse("accounts:revoke", args=[world.grants["钱芳"].pk])).status_code == 404, (
        "再收一次已没有可收的"
    )
    with pytest.raises(PermissionError, match="不能收回自己的"):
        revoke_grant(grant=world.grants["周平"], by=world.accounts["周平"])


def test_nobody_grants_to_himself(world: World) -> None:
    chief = world.accounts["周平"]
    with pytest.raises(PermissionError, match="不能给自己授权"):
        grant_role(account=chief, role=Role.DISTRICT_MONITOR, place=world.places[DISTRICT], by=chief)
