"""角色 × 地址 × 方法 × 区划 × 账号状态 — every address answers as the reviewed table (matrix.csv) says; the rest does not exist."""

from typing import Any

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.urls import URLPattern, URLResolver, get_resolver, reverse

from matrix import ASKED_FOR, COLUMNS, LINES, METHODS, MISSING, NOTHING, ROLES, STATES, Line, path_of
from renjia.records.accounts.actions import issue_api_key
from stage import ACTORS, MONTH, Stage, changes_so_far, delivery_file, random_of, text_of, word_of

SENT: dict[str, dict[str, Any]] = {  # what a form sends, so that an allowed POST is really carried out
    "births:verification": {"result": "unverifiable", "reason": "电话停机，两次上门无人"}, "births:reveal": {"field": "mother_name"},
    "births:second_look": {"agrees": "1"}, "births:offer": {"to": "310115002", "why": "已搬走"}, "births:transfer": {"accept": "1"},
    "births:escalate": {"why": "住址有争议"}, "births:review": {"decision": "different"}, "intake:withdraw": {"reason": "送错了"},
    "run_month": {"month": MONTH}, "appraisal:enter": {"fact": "统计报表未及时准确上报（例）", "value": "1", "why": "二季度通报"},
    "births:audited": {"answer": "right"}, "births:audits": {"wanted": "100"}, "second_factor": {"code": "000000"},
    "sign_in": {"username": "u0", "password": "不对的口令"},
}  # fmt: skip


def addresses(patterns: Any = None, space: str = "") -> list[str]:
    """路径名 — every address of the URLconf, named."""
    found = []
    for one in patterns if patterns is not None else get_resolver().url_patterns:
        if isinstance(one, URLResolver):
            found += addresses(one.url_patterns, space + (f"{one.namespace}:" if one.namespace else ""))
        elif isinstance(one, URLPattern):
            assert one.name, f"地址 {one.pattern} 没有名字：在 urls.py 里给它 name="
            found.append(space + one.name)
    return found


def once_enough() -> dict[tuple[str, str, str], str]:
    """Where one object tells as much as all: a role that has no business at an address, a POST to a page that only shows."""
    words: dict[tuple[str, str, str], set[str]] = {}
    first: dict[tuple[str, str, str], str] = {}
    for line in LINES:
        for door in ((line.name, m, c) for m in line.methods for c in ROLES):
            words.setdefault(door, set()).add("404" if line.shows and door[1] == "POST" else line.answers[door[2]])
            first.setdefault(door, line.objects[0])
    return {door: first[door] for door, found in words.items() if found in ({"404"}, {"405"})}


ONCE = once_enough()


def sent(stage: Stage, name: str, method: str, who: str | None) -> dict[str, Any] | None:
    if method == "GET":
        return None
    if name == "use_grant":
        grant = stage.world.grants.get(who or "")
        return {"grant": str(grant.pk) if grant else str(random_of("grant"))}
    if name == "intake:upload":
        return {"file": SimpleUploadedFile("三月.csv", delivery_file("N900"))}
    return SENT.get(name)


def asked_once(stage: Stage, who: str | None, name: str, method: str, label: str) -> tuple[Any, int]:
    """The answer, and how many rows a POST changed; all is undone. (That pages change nothing is tested with the pages.)"""
    posts = method == "POST"
    before = changes_so_far() if posts else 0
    with stage.aside():
        response = stage.ask(who, method, path_of(stage, name, label), sent(stage, name, method, who))
        return response, changes_so_far() - before if posts else 0


def row_of(stage: Stage, name: str, method: str, label: str) -> str:
    """A line as it would read now — for a person to judge, not to be pasted unread."""
    who = [ACTORS[r] for r in ROLES.values()]
    words = [word_of(asked_once(stage, w, name, method, label)[0]) for w in (*who, "未验", "孙某", None)]
    return ",".join([name, method, label, *words])


@pytest.fixture(scope="module", autouse=True)
def unverified(stage: Stage) -> None:
    stage.sign_in("李静", verified=False, name="未验")
    stage.sign_in("周平", verified=False, name="未验2")
    for who in stage.world.accounts:
        stage.sign_in(who)


def expected_lines(stage: Stage) -> set[tuple[str, str, str]]:
    wanted = set()
    for name in addresses():
        kind = ASKED_FOR.get(name)
        labels = [NOTHING] if kind is None else [*stage.things[kind], MISSING]
        wanted |= {(name, method, label) for method in METHODS for label in labels}
    return wanted


def test_every_address_method_and_object_has_its_line(stage: Stage) -> None:
    have = [(line.name, m, label) for line in LINES for m in line.methods for label in line.objects]
    assert len(have) == len(set(have)), f"重复的行：{sorted({h for h in have if have.count(h) > 1})}"
    unheard = sorted(set(have) - expected_lines(stage))
    assert not unheard, f"matrix.csv 里有地址已经没有的行，请删去：{unheard}"
    missing = sorted(expected_lines(stage) - set(have))
    drafts = "\n".join(row_of(stage, *one) for one in missing)
    assert not missing, (
        f"{len(missing)} 个地址没有经人看过的行。逐行想清楚哪个角色该看到什么，再写进 tests/front/matrix.csv（{','.join(COLUMNS)}）。"
        f"地址指名的对象若是新的一种，先在本文件 ASKED_FOR 和 stage.py 里加上。现在的答复是：\n{drafts}"
    )


@pytest.mark.parametrize("line", LINES, ids=str)
def test_each_role_is_answered_as_the_table_says(stage: Stage, line: Line) -> None:
    wrong = []
    for method in line.methods:
        for label in line.objects:
            for column, role in ROLES.items():
                if ONCE.get((line.name, method, column), label) == label:
                    wrong += _wrong(stage, line, method, label, column, ACTORS[role])
    assert not wrong, "\n".join(wrong)


def _wrong(stage: Stage, line: Line, method: str, label: str, column: str, who: str) -> list[str]:
    wanted = line.answers[column]
    response, changed = asked_once(stage, who, line.name, method, label)
    found, asked = word_of(response), f"{column} {method} {line.name} {label}"
    if found != wanted:
        return [f"{asked}：表上是 {wanted}，答复是 {found}"]
    if changed and (found in ("404", "405") or line.shows):
        return [f"{asked}：答复是 {found}，只该看，却改了 {changed} 行"]
    if found == "404" and label not in (NOTHING, MISSING):
        if missing_is_answered(stage, who, line.name, method) != _shown(response):
            return [f"{asked}：与不存在的编号答复不同，看得出有没有这一件"]
    return []


def missing_is_answered(stage: Stage, who: str, name: str, method: str) -> Any:
    answers = stage.remembered
    if (who, name, method) not in answers:
        answers[who, name, method] = _shown(asked_once(stage, who, name, method, MISSING)[0])
    return answers[who, name, method]


def _shown(response: Any) -> tuple[int, str, dict[str, str]]:
    """Everything the asker sees: what is out of reach must answer letter for letter as what is not there."""
    return response.status_code, text_of(response), dict(response.headers)


def first_lines() -> list[tuple[str, str, str, Line]]:
    """For the states of an account, one object an address is enough: the one most roles may have."""
    best: dict[tuple[str, str], tuple[int, str, Line]] = {}
    for line in LINES:
        open_to = sum(word not in ("404", "405") for word in line.answers.values())
        for method in line.methods:
            if open_to > best.get((line.name, method), (-1,))[0]:
                best[line.name, method] = (open_to, line.objects[0], line)
    return [(name, method, label, line) for (name, method), (_, label, line) in best.items()]


FIRST = first_lines()


def people_in(state: str, method: str, line: Line) -> list[str | None]:
    """Who is tried: nobody at all, and in this state each role that would else be let in."""
    let_in = [ACTORS[role] for column, role in ROLES.items() if line.answers[column] not in ("404", "405")]
    if method == "POST" and line.shows:
        let_in = []
    return {
        "未验动态码": ["未验", "未验2"],
        "无在期授权": ["孙某", *(f"{who}到期" for who in let_in), *(f"{who}收回" for who in let_in[:1])],
        "未登录或停用": [None, *(f"{who}停用" for who in let_in)],
    }[state]


@pytest.mark.parametrize(("name", "method", "label", "line"), FIRST, ids=[f"{n} {m}" for n, m, _, _ in FIRST])
def test_without_a_grant_in_force_there_is_nothing(
    stage: Stage, name: str, method: str, label: str, line: Line
) -> None:
    """Suspended, expired, taken back, never granted, not signed in, second factor still to come."""
    wrong = []
    for state in STATES:
        for who in people_in(state, method, line):
            response, changed = asked_once(stage, who, name, method, label)
            if word_of(response) != line.answers[state] or changed:
                wrong.append(
                    f"{state} {who}：表上是 {line.answers[state]}，答复是 {word_of(response)}，改了 {changed} 行"
                )
    assert not wrong, "\n".join(wrong)


@pytest.mark.parametrize(("column", "role"), ROLES.items())
def test_a_machines_key_opens_only_what_its_grant_may_send(stage: Stage, column: str, role: str) -> None:
    """The API is for those who send files; a key never goes around a second factor or a place."""
    with stage.aside():
        _, secret = issue_api_key(grant=stage.world.grants[ACTORS[role]], name=column)
        key = {"Authorization": f"Bearer {secret}"}
        file = SimpleUploadedFile("三月.csv", delivery_file("N903"))
        sent_file = stage.ask(None, "POST", f"{reverse('api:send')}?month={MONTH}", {"file": file}, **key)
        asked = {
            label: stage.ask(None, "GET", path_of(stage, "api:ask", label), **key).status_code
            for label in (*stage.things["batch"], MISSING)
        }
    own = {"district_monitor": {"本机构", "他机构", "区级"}, "maternity_hospital": {"本机构"}}.get(role)
    if own is None:
        assert sent_file.status_code == 401 and set(asked.values()) == {401}
    else:
        assert sent_file.status_code == 200
        assert asked == {label: 200 if label in own else 404 for label in asked}
    assert sent_file.headers["Cache-Control"] == "no-store"
