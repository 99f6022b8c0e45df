"""人家 — an open system for a district's population monitoring and family development work."""
