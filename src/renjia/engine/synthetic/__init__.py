"""合成区 — a district with known truth, seeded; the demo, tests and benches use it."""

from renjia.engine.synthetic.district import District, make_district
from renjia.engine.synthetic.files import write_district
from renjia.engine.synthetic.rates import SOURCES
from renjia.engine.synthetic.registry import known_on, make_registry
from renjia.engine.synthetic.tables import write_tables

__all__ = ["SOURCES", "District", "known_on", "make_district", "make_registry", "write_district", "write_tables"]
