"""renjia serve — server, worker and database under one watch."""

from typing import Annotated

import typer
from rich.console import Console

from renjia.front.commands.prepare import prepare
from renjia.front.running.pages import collect
from renjia.front.running.supervisor import supervise


def serve(
    host: Annotated[str, typer.Option(help="监听地址")] = "127.0.0.1",
    port: Annotated[int, typer.Option(help="端口")] = 8000,
) -> None:
    """正式运行：看护网页、作业、数据库，哪个停了就重新启动哪个。Ctrl-C 停止。"""
    console = Console()
    prepare()
    collect()
    console.print(f"人家已在 http://{host}:{port}/ （Ctrl-C 停止）")
    supervise(host, port, lambda line: console.print(line))
