"""图的颜色 — the house palette for charts: told apart by every kind of colour sight, and never the only sign.

Numbers behind this are tested: 3:1 against white for every line and mark, a clear difference between any two colours of
one chart under the three colour-blindnesses, lightness falling steadily along the scale.
"""

INK = "#1b2328"
GREY = "#626d75"
LINE = "#dfe4e6"
MALE = "#11607c"
FEMALE = "#c2571a"
ACCENT = "#11607c"
ALARM = "#b3261e"
WATCH = "#c88200"
MEDIAN = "#0b475d"
SIDES = (("界内", GREY), ("两界之间", WATCH), ("99.8% 界外", ALARM))  # a point of a funnel: how far it lies out
BANDS = ("#d0e3e9", "#a3c8d4", "#6fa9ba")  # widest interval first
SCALE = ("#eef4f6", "#d0e3e9", "#a3c8d4", "#6fa9ba", "#22708c", "#0b475d", "#062a38")
