"""痕迹 — every look at a person and every change of a record leaves a row."""
