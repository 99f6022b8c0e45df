"""命令行说中文 — what Typer itself prints (usage, panels, types, refusals), said in Chinese, in this one place.

Typer keeps most of its sentences as plain English strings, so gettext reaches only a few of them. What it lets one set reaches the
rest: the class of an app and of a command, the class of their parameters, and the titles in `typer.rich_utils`.
"""

from collections.abc import Mapping, Sequence
from difflib import get_close_matches
from pathlib import Path
from typing import TYPE_CHECKING, Any

import typer
from typer import rich_utils
from typer._click.core import Context
from typer._click.exceptions import BadOptionUsage, BadParameter, MissingParameter, NoSuchOption, UsageError
from typer._click.formatting import HelpFormatter
from typer.core import TyperArgument, TyperCommand, TyperGroup, TyperOption

TITLES: Mapping[str, str] = {
    "ARGUMENTS_PANEL_TITLE": "参数",
    "OPTIONS_PANEL_TITLE": "选项",
    "COMMANDS_PANEL_TITLE": "命令",
    "ERRORS_PANEL_TITLE": "没有执行",
    "DEFAULT_STRING": "[默认 {}]",
    "REQUIRED_LONG_STRING": "[必填]",
    "ABORTED_TEXT": "已停下。",
    "RICH_HELP": "用法详见 [blue]{command_path} {help_option}[/]",
}
KINDS: Mapping[object, str] = {str: "文字", int: "整数", float: "数", list[str]: "文字"}
PATHS: Mapping[str, str] = {"file": "文件", "dir": "文件夹", "path": "路径"}
# What is mixed into two classes of Typer's is typed as mixed into one of them.
if TYPE_CHECKING:
    _Parameter = TyperOption
    _Command = TyperCommand
else:
    _Parameter = object
    _Command = object
LONGEST = 120  # characters of a wrong value said back


def application(about: str) -> typer.Typer:
    """一个说中文的应用 — its commands are added with `cls=SpokenCommand`."""
    for title, text in TITLES.items():
        setattr(rich_utils, title, text)
    return typer.Typer(
        cls=SpokenGroup,
        help=about,
        no_args_is_help=True,
        add_completion=False,
        pretty_exceptions_enable=False,
    )


def _choices(param: TyperArgument | TyperOption) -> list[str]:
    return [str(getattr(choice, "value", choice)) for choice in param.type_descriptor.choices or ()]


def _kind(param: TyperArgument | TyperOption) -> str:
    """它要的是什么 — empty for a switch, which takes nothing."""
    what = param.type_descriptor
    if isinstance(param, TyperOption) and (param.is_flag or param.metavar):
        return "" if param.is_flag else str(param.metavar).strip("<>")
    if what.is_choice:
        return "|".join(_choices(param))
    if what.is_datetime:
        return "日期"
    return PATHS[what.path_type] if what.is_path else KINDS[what.annotation]


def _range(low: float | None, high: float | None) -> str | None:
    if low is not None and high is not None:
        return f"{low} 到 {high}"
    if low is not None:
        return f"不小于 {low}"
    return None if high is None else f"不大于 {high}"


def _named(param: TyperArgument | TyperOption) -> str:
    return f"选项 {param.opts[0]}" if isinstance(param, TyperOption) else f"参数 {param.display_name_raw}"


def _missing(param: TyperArgument | TyperOption) -> str:
    """少了它 — its own help says what it is."""
    said = f"缺少{_named(param)}：{(param.help or _kind(param)).rstrip('。')}。"
    return said + (
        f"请加上 {param.opts[0]} <{_kind(param)}>。" if isinstance(param, TyperOption) else "请写在命令后面。"
    )


def _wrong(param: TyperArgument | TyperOption, value: object) -> str:
    """值不对 — told from what the parameter asks, not from the library's sentence."""
    given = "、".join(map(str, value)) if isinstance(value, (list, tuple)) else str(value)
    shown = "".join(letter if letter.isprintable() else "?" for letter in given[:LONGEST])
    shown = shown if len(given) <= LONGEST else f"{shown}…"
    what = param.type_descriptor
    if what.is_path:
        found = "没有它，或打不开"
        if Path(given).is_dir():
            found = "是一个文件夹" if what.path_type == "file" else "不能读写"
        elif Path(given).is_file():
            found = "是一个文件" if what.path_type == "dir" else "不能读写"
        return f"{_named(param)} 的值不对：「{shown}」{found}。请写一个{_kind(param)}。"
    asked = f"整数，{_range(param.min, param.max)}" if what.is_ranged and what.annotation is int else _kind(param)
    if what.is_choice:
        asked = f"其中之一：{'、'.join(_choices(param))}"
    if what.is_datetime:
        asked = "真有的日期，例如 2025-04-01"
    return f"{_named(param)} 的值不对：「{shown}」。请写{asked}。"


class _SpokenParameter(_Parameter):
    """一个参数或选项，用中文说自己要什么、得到的哪里不对。"""

    def display_type(self: Any, ctx: Context) -> str:
        kind = _kind(self)
        return f"<{kind}>" if kind else ""

    def _get_number_range_help_str(self: Any) -> str | None:
        return _range(self.min, self.max)

    def process_value(self: Any, ctx: Context, value: Any) -> Any:
        try:
            return super().process_value(ctx, value)
        except MissingParameter:
            said = _missing(self)
        except BadParameter:
            said = _wrong(self, value)
        raise UsageError(said, ctx)


class SpokenArgument(_SpokenParameter, TyperArgument):
    """参数。"""


class SpokenOption(_SpokenParameter, TyperOption):
    """选项。"""


def _spoken(param: Any) -> Any:
    """同一个参数，换成会说中文的类 — Typer builds its own classes only, so the built one is taken over as it is."""
    kind = SpokenOption if isinstance(param, TyperOption) else SpokenArgument
    taken = kind.__new__(kind)
    vars(taken).update(vars(param))
    return taken


class _Spoken(_Command):
    """命令和应用共有的：用法一行、--help 的说明、认不得的选项、多写的字。"""

    def __init__(self: Any, **given: Any) -> None:
        given["params"] = [_spoken(param) for param in given.get("params") or ()]
        super().__init__(**given | {"options_metavar": "[选项]"})

    def get_help_option(self: Any, ctx: Context) -> TyperOption | None:
        option: TyperOption | None = super().get_help_option(ctx)
        if option and not isinstance(option, SpokenOption):
            option = self._help_option = _spoken(option)
            option.help = "显示这页说明。"
        return option

    def format_usage(self: Any, ctx: Context, formatter: HelpFormatter) -> None:
        formatter.write_usage(ctx.command_path, " ".join(self.collect_usage_pieces(ctx)), prefix="用法：")

    def parse_args(self: Any, ctx: Context, args: list[str]) -> list[str]:
        takes_rest, ctx.allow_extra_args = ctx.allow_extra_args, True
        try:
            rest: list[str] = super().parse_args(ctx, args)
        except NoSuchOption as error:
            said = f"没有选项 {error.option_name}。{_nearest(error.possibilities or ())}"
        except BadOptionUsage as error:
            said = self._misused(error.option_name)
        else:
            if takes_rest or not rest:
                return rest
            said = f"多写了：{'、'.join(rest)}。请去掉；有空格的名字请用引号括起来。"
        raise UsageError(said, ctx)

    def _misused(self: Any, option: str) -> str:
        for param in self.params:
            if option in param.opts and not param.is_flag:
                return f"{_named(param)} 后面没有写值。请写成 {option} <{_kind(param)}>。"
        return f"选项 {option} 不带值。请去掉等号和后面的字。"


def _nearest(names: Sequence[str]) -> str:
    return f"是不是 {'、'.join(names)}？" if names else "加 --help 看有哪些。"


class SpokenCommand(_Spoken, TyperCommand):
    """一个命令。"""


class SpokenGroup(_Spoken, TyperGroup):
    """一组命令。"""

    def __init__(self, **given: Any) -> None:
        super().__init__(**given | {"subcommand_metavar": "命令 [参数]…"})

    def parse_args(self, ctx: Context, args: list[str]) -> list[str]:
        return super().parse_args(ctx, [] if args == ["--"] else args)

    def resolve_command(self, ctx: Context, args: list[str]) -> Any:
        if self.get_command(ctx, args[0]) is None:
            near = get_close_matches(args[0], [name for name, one in self.commands.items() if not one.hidden])
            raise UsageError(f"没有命令 {args[0]}。{_nearest(near)}", ctx)
        return super().resolve_command(ctx, args)
