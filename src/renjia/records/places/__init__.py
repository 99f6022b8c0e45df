"""区划与机构 — the dated tree 市→区→街镇→居村 and the institutions on it."""
