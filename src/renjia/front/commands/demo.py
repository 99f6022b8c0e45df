"""renjia demo — a synthetic district, served; its months run beside the first page."""

import subprocess
import sys
import time
from pathlib import Path
from typing import Annotated

import typer
from rich.console import Console
from rich.table import Table

from renjia.front.commands.prepare import prepare
from renjia.front.commands.progress import bars
from renjia.front.running.demo import make_accounts, make_files
from renjia.front.running.pages import collect
from renjia.front.running.supervisor import supervise

NEIGHBOURHOOD = "310115013001"


def demo(
    host: Annotated[str, typer.Option(help="监听地址")] = "127.0.0.1",
    port: Annotated[int, typer.Option(help="端口")] = 8000,
    serving: Annotated[bool, typer.Option("--serve/--no-serve", help="跑完六个月后不提供网页，直接结束")] = True,
) -> None:
    """演示：造一个约一万二千出生的合成区，跑六个月，每个角色一个账号，打开网页。"""
    started = time.monotonic()
    console = Console()
    prepare()
    logins = make_accounts(NEIGHBOURHOOD)
    collect()
    console.print(f"[bold]人家[/bold] 演示区已就绪：http://{host}:{port}/ （{time.monotonic() - started:.1f} 秒）")
    if logins:
        table = Table("角色", "登录名", "密码（只显示这一次）", "范围")
        for login in logins:
            table.add_row(login.role, login.username, login.password, login.place)
        console.print(table)
        console.print("审计、安全管理员登录还要动态码：.venv/bin/renjia code shenji")
    else:
        console.print("账号和密码沿用上次打印的。忘了就 make clean 后重来。")
    months = subprocess.Popen([sys.executable, str(Path(sys.argv[0])), "months"])
    try:
        if serving:
            supervise(host, port, console.print)
        elif months.wait():
            raise typer.Exit(months.returncode)
    finally:
        if months.poll() is None:
            months.terminate()


def write_files(console: Console) -> Path:
    """造文件，有进度。"""
    with bars(console) as told:
        return make_files(told)
