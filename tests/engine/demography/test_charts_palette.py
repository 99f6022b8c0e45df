"""图的颜色 — contrast on white and differences under three colour-blindnesses, by published formulas."""

from itertools import combinations, pairwise

import numpy as np
import pytest

from renjia.engine.demography.charts import palette

# Machado, Oliveira & Fernandes 2009, full severity, on linear RGB.
BLIND = {
    "常": np.eye(3),
    "红": np.array([[0.152286, 1.052583, -0.204868], [0.114503, 0.786281, 0.099216], [-0.003882, -0.048116, 1.051998]]),
    "绿": np.array([[0.367322, 0.860646, -0.227968], [0.280085, 0.672501, 0.047413], [-0.011820, 0.042940, 0.968881]]),
    "蓝": np.array([[1.255528, -0.076749, -0.178779], [-0.078411, 0.930809, 0.147602], [0.004733, 0.691367, 0.303900]]),
}
TO_XYZ = np.array(
    [[0.4124564, 0.3575761, 0.1804375], [0.2126729, 0.7151522, 0.0721750], [0.0193339, 0.1191920, 0.9503041]]
)


def linear(colour):
    c = np.array([int(colour[i : i + 2], 16) for i in (1, 3, 5)]) / 255
    return np.where(c <= 0.04045, c / 12.92, ((c + 0.055) / 1.055) ** 2.4)


def lab(colour, sight="常"):
    xyz = TO_XYZ @ np.clip(BLIND[sight] @ linear(colour), 0, 1) / [0.95047, 1.0, 1.08883]
    f = np.where(xyz > 0.008856, np.cbrt(xyz), 7.787 * xyz + 16 / 116)
    return np.array([116 * f[1] - 16, 500 * (f[0] - f[1]), 200 * (f[1] - f[2])])


def contrast(one, two="#ffffff"):
    a, b = sorted(((TO_XYZ @ linear(c))[1] for c in (one, two)), reverse=True)
    return (a + 0.05) / (b + 0.05)


def test_the_formulas_know_black_from_white():
    assert contrast("#000000") == pytest.approx(21, abs=0.01)
    assert lab("#ffffff")[0] == pytest.approx(100, abs=0.01)
    assert (
        np.linalg.norm(lab("#ff0000", "绿") - lab("#00a000", "绿"))
        < np.linalg.norm(lab("#ff0000") - lab("#00a000")) / 2
    )


@pytest.mark.parametrize("name", ["INK", "GREY", "MALE", "FEMALE", "ACCENT", "ALARM", "WATCH", "MEDIAN"])
def test_every_line_and_mark_stands_out_on_white(name):
    assert contrast(getattr(palette, name)) >= (4.5 if name in {"INK", "GREY"} else 3)


@pytest.mark.parametrize("sight", BLIND)
@pytest.mark.parametrize(
    "together",
    [("MALE", "FEMALE"), ("ACCENT", "ALARM"), ("GREY", "WATCH", "ALARM"), ("INK", "MALE"), ("INK", "FEMALE")],
    ids="-".join,
)
def test_colours_of_one_chart_differ_for_every_eye(together, sight):
    for one, two in combinations(together, 2):
        assert np.linalg.norm(lab(getattr(palette, one), sight) - lab(getattr(palette, two), sight)) >= 18, (one, two)


@pytest.mark.parametrize("sight", BLIND)
def test_scale_and_bands_fall_in_lightness(sight):
    for colours, least in ((palette.SCALE, 6), (palette.BANDS, 8)):
        lightness = [lab(c, sight)[0] for c in colours]
        assert all(a - b >= least for a, b in pairwise(lightness)), lightness
    assert contrast(palette.MEDIAN, palette.BANDS[-1]) >= 3
