"""人口学 — rates, life tables, fertility, data quality, graduation, projection, sex ratio at birth, evaluation, charts.

The public names are those in `__init__.pyi`, each beside its file; a file is read when one of its names is first asked
for, so that a page that needs one rate does not wait for the projection's compiler or the chart library.
"""

import ast
from importlib import import_module
from pathlib import Path
from types import ModuleType


def _public() -> dict[str, str]:
    """名 → 模块 — the imports of `__init__.pyi`."""
    tree = ast.parse(Path(__file__).with_suffix(".pyi").read_text(encoding="utf-8"))
    return {a.name: n.module for n in tree.body if isinstance(n, ast.ImportFrom) and n.module for a in n.names}


_MODULES = _public()
_ALIKE = [name for name, module in _MODULES.items() if module == f"{__name__}.{name}"]
__all__ = sorted(_MODULES)


def __getattr__(name: str) -> object:
    if name not in _MODULES:
        raise AttributeError(f"module {__name__!r} has no attribute {name!r}")
    found = getattr(import_module(_MODULES[name]), name)
    globals()[name] = found
    for alike in _ALIKE:  # reading a file sets its name here: what the file gives under that name must not be hidden
        if isinstance(globals().get(alike), ModuleType):
            globals()[alike] = getattr(globals()[alike], alike)
    return found


def __dir__() -> list[str]:
    return sorted({*__all__, *globals()})
