"""renjia account — open an account and grant it a role; the password is random and printed once."""

from typing import Annotated

import typer
from django.core.exceptions import ValidationError
from django.db import transaction

from renjia.front.commands.prepare import prepare
from renjia.records.accounts.actions import grant_role, issue_second_factor, open_account, random_password
from renjia.records.accounts.models import SECOND_FACTOR, Role
from renjia.records.places.models import Institution, Place

ROLES = "，".join(f"{role.value} {role.label}" for role in Role)


def account(
    username: Annotated[str, typer.Argument(metavar="登录名", help="登录名")],
    name: Annotated[str, typer.Option(help="姓名")],
    role: Annotated[Role, typer.Option(metavar="<角色>", help=f"角色：{ROLES}")],
    place: Annotated[str, typer.Option(help="区划代码")] = "310115",
    institution: Annotated[str | None, typer.Option(help="机构代码（助产医院）")] = None,
    unit: Annotated[str, typer.Option(help="单位")] = "",
) -> None:
    """开一个账号并授权；随机密码只打印这一次。审计、安全管理员另打印第二因素的密钥。"""
    prepare()
    where = Place.objects.filter(code=place).first()
    house = Institution.objects.filter(code=institution).first() if institution else None
    if where is None or (institution and house is None):
        typer.echo(f"没有区划 {place}。" if where is None else f"没有机构 {institution}。")
        raise typer.Exit(2)
    password = random_password()
    try:
        with transaction.atomic():  # an account without its grant is of no use
            opened = open_account(username=username, name=name, unit=unit, password=password)
            grant_role(account=opened, role=role, place=where, institution=house, by=None)
    except ValidationError as wrong:
        typer.echo("不能开立：" + "；".join(wrong.messages))
        raise typer.Exit(2) from wrong
    typer.echo(f"登录名 {username}　密码 {password}")
    if role in SECOND_FACTOR:
        typer.echo(f"第二因素（扫入验证器）：{issue_second_factor(account=opened).config_url}")
