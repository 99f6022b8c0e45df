"""存储 — the bottom: embedded PostgreSQL, roles, scopes, staging, policies."""
