"""renjia code — the second factor's current code, on demo data only."""

from typing import Annotated

import typer
from django.utils import timezone
from django_otp.oath import TOTP
from django_otp.plugins.otp_totp.models import TOTPDevice

from renjia.front.commands.prepare import prepare
from renjia.front.running.demo import is_demo


def code(name: Annotated[str, typer.Argument(metavar="登录名", help="登录名")]) -> None:
    """演示数据上：打印某账号此刻的动态码。"""
    prepare()
    if not is_demo():
        typer.echo("不能打印：这不是演示数据。动态码只在本人的验证器上。")
        raise typer.Exit(2)
    device = TOTPDevice.objects.filter(user__username=name, confirmed=True).first()
    if device is None:
        typer.echo(f"账号 {name} 没有第二因素，或没有这个账号。")
        raise typer.Exit(2)
    generator = TOTP(device.bin_key, device.step, device.t0, device.digits, device.drift)
    generator.time = timezone.now().timestamp()
    typer.echo(f"{generator.token():06d}")
