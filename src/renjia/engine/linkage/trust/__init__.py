"""可信 — how sure a score is, audited samples, and why two records are apart."""
