"""漏报 — births that no source reports, estimated from the overlap of the sources."""
