"""引擎 — pure computation: no Django, no database."""
