"""图上的名字 — names beside their points that collide with nothing."""

from collections.abc import Sequence
from typing import Any

import numpy as np
from matplotlib.axes import Axes
from matplotlib.backends.backend_agg import FigureCanvasAgg
from matplotlib.figure import Figure
from matplotlib.patheffects import withStroke
from matplotlib.text import Text
from matplotlib.transforms import Bbox

from renjia.engine.demography.charts.palette import GREY, INK
from renjia.engine.demography.checks import Floats

_BESIDE = ((5, 3), (5, -9), (-5, 3), (-5, -9), (0, 6), (0, -12))
_APART = ((16, 10), (-16, 10), (16, -16), (-16, -16), (26, 0), (-26, 0), (22, 20), (-22, 20), (22, -26), (-22, -26))


def place_labels(
    figure: Figure,
    axes: Axes,
    labels: Sequence[tuple[str, float, float]],
    points: tuple[Floats, Floats],
    size: float = 7,
) -> None:
    """放名字 — each name at the first place about its point where it meets no other name or point; else left out.

    Beside the point only where no other point is nearer, so that nobody reads it as theirs; farther off with a line to it.

    Names come in order of importance; every place is in the data table anyway.
    """
    figure.draw_without_rendering()
    canvas: Any = FigureCanvasAgg(figure)
    renderer = canvas.get_renderer()
    dots = axes.transData.transform(np.column_stack(points))
    near = 3.2 * figure.dpi / 72
    taken = [Bbox.from_bounds(x - near / 2, y - near / 2, near, near) for x, y in dots]
    inside = axes.get_window_extent(renderer)
    for (name, x, y), dot in zip(labels, axes.transData.transform([(x, y) for _, x, y in labels]), strict=True):
        for right, up in (*_BESIDE, *_APART):
            across = "left" if right > 0 else "right" if right < 0 else "center"
            apart = (right, up) in _APART
            line = {"arrowstyle": "-", "color": GREY, "lw": 0.5, "shrinkA": 0, "shrinkB": 2.5} if apart else None
            text = axes.annotate(
                name,
                (x, y),
                xytext=(right, up),
                textcoords="offset points",
                ha=across,
                fontsize=size,
                color=INK,
                arrowprops=line,
            )
            text.set_path_effects([withStroke(linewidth=2, foreground="white")])
            text.update_positions(renderer)
            box = Text.get_window_extent(text, renderer)
            within = inside.x0 <= box.x0 and box.x1 <= inside.x1 and inside.y0 <= box.y0 and box.y1 <= inside.y1
            middle = np.array([(box.x0 + box.x1) / 2, (box.y0 + box.y1) / 2])
            own = np.hypot(*(middle - dot))
            nearest = float(np.hypot(*(dots - middle).T).min())
            if within and not box.count_overlaps(taken) and (apart or own <= nearest + 1e-6):
                taken.append(box)
                break
            text.remove()
