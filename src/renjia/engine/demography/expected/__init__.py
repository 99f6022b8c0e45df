"""预期出生 — births to come by street and month, delays of reporting, alerts."""
